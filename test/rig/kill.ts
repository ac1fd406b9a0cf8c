// Ending fig with kill -9 at a chosen engine call, so that tests can ask what the next run makes of what is left.
import type { CommandOptions, Result, TestProject } from './project.ts';
import { startProxy } from './proxy.ts';

export interface KillPoint {
  /** As `POST /containers/create`; see proxy.ts. */
  readonly at: string;
  /** Which of the matching calls, from 1. */
  readonly nth?: number;
  /** `before`: the engine never hears of the call. `after`: it has done it, and fig never learns. */
  readonly when: 'before' | 'after';
}

/** Runs `fig ARGS` through a proxy and kills it, unasked, at a point. Fails when fig ended without ever making that call. */
export async function killedAt(
  project: TestProject,
  point: KillPoint,
  options: CommandOptions,
  ...args: readonly string[]
): Promise<Result> {
  const proxy = await startProxy();
  const running = project.figStart({ ...options, env: { ...options.env, DOCKER_HOST: proxy.host } }, ...args);
  let reached = false;
  proxy.on(point.at, { nth: point.nth ?? 1 }).run(async () => {
    reached = true;
    running.kill('SIGKILL');
    await running.done; // the call goes no further than a dead process would carry it
  }, point.when);
  const result = await running.done;
  if (!reached) throw new Error(`fig ${args.join(' ')} ended with ${result.code} before ${point.at}\n${result.stderr}`);
  return result;
}
