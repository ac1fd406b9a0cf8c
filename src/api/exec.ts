// A command in a running container of a service, with the user's terminal connected to it.
import type { Engine } from '../engine/engine.ts';
import { execExitCode } from '../engine/exec-result.ts';
import { execPayload } from '../engine/payload/exec.ts';
import { attachStreams, type Terminal } from '../follow/attach.ts';
import { named } from '../model/named.ts';
import { selectContainer } from './inspect.ts';
import { answered } from './refusal.ts';

export interface ExecRequest {
  readonly service: string;
  readonly command: readonly string[];
  /** The replica's number; undefined: the lowest that runs. */
  readonly index?: number;
  readonly detach: boolean;
  /** `K=V`, or `K` to take it from the caller's environment, already resolved. */
  readonly environment: readonly string[];
  readonly user?: string;
  readonly workingDirectory?: string;
  readonly privileged: boolean;
  readonly tty: boolean;
  readonly interactive: boolean;
  /** Finds the container and does no more. */
  readonly dryRun?: boolean;
}

/** Runs the command and resolves to its exit code; 0 at once where it is detached or a dry run. Throws Refusal where no container runs. */
export async function execInService(engine: Engine, projectName: string, request: ExecRequest, terminal: Terminal): Promise<number> {
  const container = await selectContainer(engine, projectName, request.service, request.index);
  if (request.dryRun) return 0;
  const { command, environment, tty, detach } = request;
  const stdin = request.interactive && !detach;
  return answered(async () => {
    const variables = named(environment.map(entry => nameAndValue(entry)));
    const payload = execPayload({ ...request, command, environment: variables, tty, stdin, detached: detach });
    const exec = await engine.createExec(container.id, payload);
    if (detach) {
      await engine.startExecDetached(exec);
      return 0;
    }
    await attachStreams(engine, { exec }, { tty, stdin }, terminal);
    return execExitCode(engine, exec);
  });
}

/** `K=V`, or `K` alone. */
export function nameAndValue(entry: string): readonly [string, string | null] {
  const at = entry.indexOf('=');
  return at === -1 ? [entry, null] : [entry.slice(0, at), entry.slice(at + 1)];
}

/** Connects the terminal to the main process of a service's container (`attach`); resolves to its exit code, 0 where the user left. */
export async function attachToService(
  engine: Engine,
  projectName: string,
  request: { readonly service: string; readonly index?: number; readonly stdin: boolean; readonly detachKeys?: string },
  terminal: Terminal,
  signal?: AbortSignal,
): Promise<number> {
  const container = await selectContainer(engine, projectName, request.service, request.index);
  return answered(async () => {
    const { Config } = await engine.inspectContainer(container.id);
    const keys = request.detachKeys === undefined ? {} : { detachKeys: request.detachKeys };
    const options = { tty: Config.Tty, stdin: request.stdin && Config.OpenStdin, ...keys };
    const end = await attachStreams(engine, { container: container.id }, options, terminal, signal);
    return end === 'ended' ? (await engine.waitContainer(container.id, 'not-running')).exitCode : 0;
  });
}
