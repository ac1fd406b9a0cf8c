// Variables that are told while a plan runs: by providers (`provider:`) and by the runner of models (`models:`). The steps that ask for them,
// and which services hang on them; containers of these are decided on once they are known (creations.ts).
import { directDependents } from '../model/dependencies.ts';
import type { Project } from '../model/project.ts';
import type { Service } from '../model/service.ts';
import type { PlanBuilder } from './builder.ts';
import type { Cause } from './cause.ts';
import type { OperationOf, StepId } from './operation.ts';

/** The step that asks the runner of models where it listens. */
const statusId: StepId = 'models/status';

function modelId(key: string): StepId {
  return `model:${key}/prepare`;
}

function providerId(service: string): StepId {
  return `${service}/provider-up`;
}

/** The providers that a service depends on, sorted. */
function providersOf(project: Project, service: Service): readonly string[] {
  return Object.values(project.services)
    .filter(({ name, provider }) => provider && directDependents(project, name).some(other => other.name === service.name))
    .map(({ name }) => name)
    .sort();
}

/** Whether some of a service's variables are told only while the plan runs. */
export function hasToldVariables(project: Project, service: Service): boolean {
  return Object.keys(service.models ?? {}).length > 0 || providersOf(project, service).length > 0;
}

/** The steps after which all variables of a service are known, among those that were planned. */
export function toldBy(project: Project, service: Service, plan: PlanBuilder): readonly StepId[] {
  const models = Object.keys(service.models ?? {}).sort();
  const asked = models.length > 0 ? [...models.map(modelId), statusId] : [];
  return [...asked, ...providersOf(project, service).map(providerId)].filter(id => plan.has(id));
}

/** Plans the pull and set-up of each model, and the question where the runner listens. `gate`: what has to be over before. */
export function planModels(project: Project, gate: readonly StepId[], plan: PlanBuilder): void {
  const keys = Object.keys(project.models).sort();
  const services = Object.values(project.services).filter(({ models }) => Object.keys(models ?? {}).length > 0);
  const cause: Cause = { reason: 'needed', by: services.map(({ name }) => name).sort()[0] ?? 'models' };
  for (const key of keys) {
    plan.add({
      id: modelId(key),
      operation: { kind: 'model.prepare', model: key },
      subject: { kind: 'Model', name: project.models[key]?.name || key },
      after: gate,
      cause,
    });
  }
  if (keys.length === 0) return;
  plan.add({
    id: statusId,
    operation: { kind: 'model.status' },
    subject: { kind: 'Model', name: keys[0] ?? '' },
    after: gate,
    cause,
  });
}

/** Plans what a provider does. `up` is asked of it on every run: it alone knows whether what it provides is there. Returns the step. */
export function planProvider(
  { name }: Service,
  action: OperationOf<'provider.run'>['action'],
  cause: Cause,
  after: readonly StepId[],
  plan: PlanBuilder,
): StepId {
  return plan.add({
    id: `${name}/provider-${action}`,
    operation: { kind: 'provider.run', service: name, action },
    subject: { kind: 'Provider', name },
    after,
    cause,
  });
}
