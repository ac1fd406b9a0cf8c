// pre_start hooks: each runs in a container of its own, which goes when it ended well and stays to be looked at when it did not.
import { invariant } from '../../diagnostics/invariant.ts';
import type { Engine } from '../../engine/engine.ts';
import { EngineFailure } from '../../engine/failure.ts';
import { frameReader } from '../../engine/frames.ts';
import { hookPayload } from '../../engine/payload/hook.ts';
import { StepFailure } from '../failure.ts';
import type { Performance, Performer } from '../performer.ts';
import { serviceIn } from '../service-in.ts';
import { connectOrRemove, removeUnfinished } from './containers.ts';
import { standingService } from './creating.ts';
import { hookTail } from './hooks.ts';

/** Runs one hook to its end. Fails with its exit code, the last lines of what it printed, and the container that is kept. */
export const runHookContainer: Performer<'hook.contain'> = async ({ service: name, index, container }, world, performance) => {
  const { engine, project, observed, told, hookSaid } = world;
  const service = standingService(told.applied(serviceIn(project, name)), world, performance.created);
  const hook = service.pre_start?.[index];
  invariant(hook, `${name} has no pre_start[${index}]`);
  await world.beforeHook?.();
  const volumesFrom = performance.resolve(container);
  const payload = hookPayload({ project, service, hook, volumesFrom, apiVersion: observed.apiVersion });
  const { Id } = await engine.createContainer('', payload.body);
  await connectOrRemove(engine, Id, payload.connect);
  const { code, output } = await runToEnd(engine, Id, performance.signal, line => {
    performance.progress({ text: line });
    hookSaid?.({ service: name, container: container.name, preStart: index }, line);
  });
  if (code === 0) {
    await removeEnded(engine, Id, performance);
    return undefined;
  }
  const fact = `service "${name}" pre_start[${index}] exited with code ${code}`;
  throw new StepFailure(
    'execute.hook-failed',
    `${output === '' ? fact : `${fact}: ${output}`} (hook container ${Id.slice(0, 12)} retained for inspection)`,
    { hint: `See all it printed with "docker logs ${Id.slice(0, 12)}"; the next run removes it.` },
  );
};

/** Starts a container and stays until it has ended. One that could not start, or whose run was interrupted, is removed. */
async function runToEnd(
  engine: Engine,
  id: string,
  signal: AbortSignal,
  tell: (line: string) => void,
): Promise<{ readonly code: number; readonly output: string }> {
  try {
    await engine.startContainer(id);
    const tail = hookTail(tell);
    await follow(engine, id, tail.read, signal);
    // Asked once it has started: the answer comes at once where it has ended already.
    const { exitCode } = await engine.waitContainer(id, 'not-running', signal);
    return { code: exitCode, output: tail.end() };
  } catch (failure) {
    await removeUnfinished(engine, id);
    throw failure;
  }
}

/** Reads the log of a container until it ends. Some log drivers cannot be read; then nothing is known but its end. */
async function follow(
  engine: Engine,
  id: string,
  read: (stream: 'stdout' | 'stderr', bytes: Buffer) => void,
  signal: AbortSignal,
): Promise<void> {
  try {
    const log = await engine.logs(id, { follow: true, stdout: true, stderr: true, timestamps: false, tail: 'all' }, signal);
    const frames = frameReader(read);
    for await (const chunk of log as AsyncIterable<Buffer>) frames(chunk);
  } catch (failure) {
    if (signal.aborted) throw signal.reason;
    if (!(failure instanceof EngineFailure)) throw failure;
  }
}

async function removeEnded(engine: Engine, id: string, { warn }: Pick<Performance, 'warn'>): Promise<void> {
  try {
    await engine.removeContainer(id, { force: false, volumes: true });
  } catch (failure) {
    // The hook did its work; a container that stays is removed by the next run.
    if (!(failure instanceof EngineFailure)) throw failure;
    warn('execute.left-behind', `failed to remove hook container ${id.slice(0, 12)}: ${failure.message}`);
  }
}

/** Removes what an earlier run left, as far as the engine lets it. */
export const clearHook: Performer<'hook.clear'> = async ({ container }, { engine }, { resolve, warn }) => {
  try {
    await engine.removeContainer(resolve(container), { force: true, volumes: true });
  } catch (failure) {
    if (!(failure instanceof EngineFailure)) throw failure;
    if (failure.kind !== 'not-found')
      warn('execute.left-behind', `failed to remove stale pre_start hook container ${container.name}: ${failure.message}`);
  }
  return undefined;
};
