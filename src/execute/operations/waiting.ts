// Waiting for a container: healthy, running or completed. Learnt from the engine's events; the sentences are those scripts look for.
import type { ContainerDetails, Engine } from '../../engine/engine.ts';
import { formatDuration } from '../../model/values.ts';
import type { ContainerRef, OperationOf } from '../../plan/operation.ts';
import { lastLines, lastOutput, withEvidence } from '../evidence.ts';
import { StepFailure } from '../failure.ts';
import type { Performance, Performer } from '../performer.ts';

type Wait = OperationOf<'container.wait'>;

/** How a wait ends: with a note for the reader, or with the sentence that says why the condition can no longer come true. */
export type Verdict = { readonly note: string } | { readonly failed: string };

/** Podman says `stopped` where Docker says `exited`. */
function hasEnded({ State }: ContainerDetails): boolean {
  return State.Status === 'exited' || State.Status === 'dead' || State.Status === 'stopped';
}

function hasHealthcheck(details: ContainerDetails): boolean {
  const test = details.Config.Healthcheck?.Test;
  return details.State.Health !== undefined || (test != null && test.length > 0 && test[0] !== 'NONE');
}

/** What a container's state means for a condition; undefined: not yet decided (interop.md §5.5). */
export function judge(wait: Pick<Wait, 'until' | 'service'>, details: ContainerDetails): Verdict | undefined {
  const name = details.Name.replace(/^\//, '');
  const { State } = details;
  switch (wait.until) {
    case 'service_started':
      return State.Running ? { note: 'Started' } : hasEnded(details) ? { note: 'Exited' } : undefined;
    case 'service_completed_successfully':
      if (!hasEnded(details)) return undefined;
      if (State.ExitCode === 0) return { note: 'Exited' };
      return { failed: `service "${wait.service}" didn't complete successfully: exit ${State.ExitCode}` };
    case 'service_healthy':
    case 'running_or_healthy': {
      const prefix = wait.until === 'service_healthy' ? 'dependency failed to start: ' : '';
      if (hasEnded(details)) return { failed: `${prefix}container ${name} exited (${State.ExitCode})` };
      if (!hasHealthcheck(details)) {
        if (wait.until === 'service_healthy') return { failed: `${prefix}container ${name} has no healthcheck configured` };
        return State.Running && !State.Restarting ? { note: 'Healthy' } : undefined;
      }
      if (State.Health?.Status === 'healthy') return { note: 'Healthy' };
      if (State.Health?.Status === 'unhealthy') return { failed: `${prefix}container ${name} is unhealthy` };
      return undefined;
    }
  }
}

/** Waits; a condition that cannot come true any more fails with the container's exit code and its last words. */
export const waitForContainer: Performer<'container.wait'> = async (wait, { engine }, performance) => {
  const [details, verdict] = await firstVerdict(wait, performance);
  if ('note' in verdict) return verdict.note;
  const fact = wait.required ? verdict.failed : optionalSentence(wait, verdict.failed);
  const code = wait.required ? 'execute.dependency-failed' : 'execute.optional-dependency';
  throw new StepFailure(code, await explained(fact, details, engine, performance.signal), {
    tolerated: !wait.required,
    ...hintFor(verdict.failed, wait),
  });
};

function optionalSentence(wait: Wait, failed: string): string {
  if (wait.until === 'service_completed_successfully') return failed.replace(/^service /, 'optional dependency ');
  return `optional dependency "${wait.service}" failed to start: ${failed.replace(/^dependency failed to start: /, '')}`;
}

function hintFor(failed: string, wait: Wait): { readonly hint?: string } {
  if (!failed.endsWith('no healthcheck configured')) return {};
  return { hint: `Give service "${wait.service}" a healthcheck, or depend on it with condition: service_started.` };
}

/** The verdict on the container; of several replicas, the first verdict of any. */
async function firstVerdict(wait: Wait, performance: Performance): Promise<readonly [ContainerDetails, Verdict]> {
  const ended = new AbortController();
  const timeout = wait.timeoutSeconds ? [AbortSignal.timeout(wait.timeoutSeconds * 1000)] : [];
  const signal = AbortSignal.any([performance.signal, ended.signal, ...timeout]);
  const watchOne = (container: ContainerRef) =>
    performance.watch.until(
      performance.resolve(container),
      details => {
        const verdict = judge(wait, details);
        return verdict && ([details, verdict] as const);
      },
      signal,
    );
  try {
    return await Promise.race([wait.container, ...(wait.others ?? [])].map(watchOne));
  } catch (failure) {
    if (timeout.some(({ aborted }) => aborted) && !performance.signal.aborted) throw tooLong(wait);
    throw performance.signal.aborted ? performance.signal.reason : failure;
  } finally {
    ended.abort();
  }
}

function tooLong(wait: Wait): StepFailure {
  const limit = formatDuration(BigInt(wait.timeoutSeconds ?? 0) * 1_000_000_000n);
  return new StepFailure(
    'execute.timeout',
    wait.for === undefined ? `application not healthy after ${limit}` : `timeout waiting for dependencies after ${limit}`,
  );
}

/** The fact, the last health probe where there is one, and the last lines of the log. */
async function explained(fact: string, details: ContainerDetails, engine: Engine, signal: AbortSignal): Promise<string> {
  const probe = details.State.Health?.Log?.at(-1);
  const probed = probe && !hasEnded(details) ? lastLines(probe.Output, 5) : [];
  const withProbe = withEvidence(fact, `its last health probe ended with ${probe?.ExitCode}:`, probed);
  return withEvidence(withProbe, 'its last output:', await lastOutput(engine, details, signal));
}
