// A command in a running container of a service, with the user's terminal connected to it.
import type { Engine } from '../engine/engine.ts';
import type { Terminal } from '../follow/attach.ts';

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
}

/** Runs the command and resolves to its exit code; 0 at once where it is detached. Throws Refusal where no container runs. */
export async function execInService(engine: Engine, projectName: string, request: ExecRequest, terminal: Terminal): Promise<number> {
  void [engine, projectName, request, terminal];
  throw new Error('not yet');
}
