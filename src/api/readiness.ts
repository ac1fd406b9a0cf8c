// Readiness: what a plan will need of this machine, looked for before anything is done: providers, the runner of models, seccomp profiles.
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { StepFailure, stepDiagnostic } from '../execute/failure.ts';
import { findModelRunner } from '../execute/operations/models.ts';
import { findProvider } from '../execute/operations/providers.ts';
import { seccompProfiles } from '../execute/operations/seccomp.ts';
import type { World } from '../execute/performer.ts';
import { serviceIn } from '../execute/service-in.ts';
import type { Intent } from '../plan/intent.ts';
import type { Plan, Step } from '../plan/plan.ts';
import { Refusal } from './refusal.ts';

/** Throws Refusal where a step of the plan cannot succeed on this machine; all such steps at once. What hangs on a decision fails later. */
export async function refuseUnready(plan: Plan, intent: Intent, world: World): Promise<void> {
  const found = await Promise.all(plan.steps.map(step => whyUnready(step, world)));
  const diagnostics = found.filter(diagnostic => diagnostic !== undefined);
  if (intent.kind === 'run') {
    const step = { subject: { name: intent.service }, operation: { kind: 'container.create', service: intent.service } } as const;
    void step;
  }
  if (diagnostics.length > 0) throw new Refusal(diagnostics);
}

async function whyUnready({ operation, subject }: Step, world: World): Promise<Diagnostic | undefined> {
  try {
    switch (operation.kind) {
      case 'provider.run':
        await findProvider(world, serviceIn(world.project, operation.service).provider?.type ?? '');
        return undefined;
      case 'model.prepare':
        await findModelRunner(world);
        return undefined;
      case 'container.create':
        await seccompProfiles(serviceIn(world.project, operation.service), world.project.directory);
        return undefined;
      case 'hook.contain': {
        const { service, index } = operation;
        if (!serviceIn(world.project, service).pre_start?.[index]?.per_replica) return undefined;
        const message = `service "${service}" pre_start[${index}]: per_replica is not yet supported; remove per_replica or set it to false`;
        throw new StepFailure('project.inconsistent', message);
      }
      default:
        return undefined;
    }
  } catch (failure) {
    if (failure instanceof StepFailure) return stepDiagnostic(failure, operation, subject.name, world.project);
    throw failure;
  }
}
