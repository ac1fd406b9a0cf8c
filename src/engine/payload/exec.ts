// The body of the call that prepares a command in a running container: for hooks and for `exec`.
import type { Named } from '../../model/named.ts';
import type { Payload } from '../engine.ts';
import { withoutUnset } from './host.ts';

export interface ExecContext {
  readonly command: readonly string[];
  /** null: the name alone. */
  readonly environment?: Named<string | null> | undefined;
  readonly user?: string | undefined;
  readonly workingDirectory?: string | undefined;
  readonly privileged?: boolean | undefined;
  readonly tty: boolean;
  readonly stdin: boolean;
  /** Nobody listens: stdin, stdout and stderr are not attached. */
  readonly detached?: boolean | undefined;
}

/** Variables are sorted by name. */
export function execPayload(context: ExecContext): Payload {
  const attach = !context.detached;
  const environment = Object.entries(context.environment ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  return withoutUnset({
    AttachStdin: attach && context.stdin,
    AttachStdout: attach,
    AttachStderr: attach,
    Tty: context.tty,
    Cmd: context.command,
    Env: environment.length > 0 ? environment.map(([name, value]) => (value === null ? name : `${name}=${value}`)) : undefined,
    User: context.user || undefined,
    WorkingDir: context.workingDirectory || undefined,
    Privileged: context.privileged || undefined,
  });
}
