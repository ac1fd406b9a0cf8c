// Readiness: what a plan will need of this machine, looked for before anything is done: providers, the runner of models, seccomp profiles.
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { hookRefusal } from '../engine/payload/hook.ts';
import { StepFailure, stepDiagnostic } from '../execute/failure.ts';
import { seccompProfiles } from '../execute/operations/seccomp.ts';
import type { World } from '../execute/performer.ts';
import { serviceIn } from '../execute/service-in.ts';
import type { Intent } from '../plan/intent.ts';
import type { Operation } from '../plan/operation.ts';
import type { Plan } from '../plan/plan.ts';
import { Refusal } from './refusal.ts';

/** Throws Refusal where a step of the plan cannot succeed on this machine; all such steps at once. What hangs on a decision fails later. */
export async function refuseUnready(plan: Plan, intent: Intent, world: World): Promise<void> {
  const operations = plan.steps.map(({ operation, subject }) => [operation, subject.name] as const);
  if (intent.kind === 'run') operations.push([oneOffCreation(intent.service), intent.service]);
  const found = await Promise.all(operations.map(([operation, subject]) => whyUnready(operation, subject, world)));
  const diagnostics = found.filter(diagnostic => diagnostic !== undefined);
  if (diagnostics.length > 0) throw new Refusal(diagnostics);
}

/** The container of a `run` is made by a plan of its own, once its dependencies are up. */
function oneOffCreation(service: string): Operation {
  return { kind: 'container.create', service, replica: 0, name: service, inheritVolumes: false };
}

async function whyUnready(operation: Operation, subject: string, world: World): Promise<Diagnostic | undefined> {
  try {
    await findWhatIsNeeded(operation, world);
    return undefined;
  } catch (failure) {
    if (failure instanceof StepFailure) return stepDiagnostic(failure, operation, subject, world.project);
    throw failure;
  }
}

/** Throws StepFailure where it is not there. */
async function findWhatIsNeeded(operation: Operation, world: World): Promise<void> {
  switch (operation.kind) {
    case 'provider.run': {
      const { findProvider } = await import('../execute/operations/providers.ts');
      await findProvider(world, serviceIn(world.project, operation.service).provider?.type ?? '');
      return;
    }
    case 'model.prepare': {
      const { findModelRunner } = await import('../execute/operations/models.ts');
      await findModelRunner(world);
      return;
    }
    case 'container.create':
      await seccompProfiles(serviceIn(world.project, operation.service), world.project.directory);
      return;
    case 'hook.contain': {
      const { service, index } = operation;
      const refusal = hookRefusal(serviceIn(world.project, service), index);
      if (refusal !== undefined) throw new StepFailure('project.inconsistent', refusal);
      return;
    }
    default:
      return;
  }
}
