// The folder of the locks: below the user's runtime directory, else below the temporary one. Nobody else may enter it. An edge.
import { lstatSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';

export interface PrivateFolder {
  readonly path: string;
  /** Nanoseconds since 1970: when an entry was last made or taken away. */
  readonly changedAt: bigint;
}

/**
 * The folder, made where it is missing: `$XDG_RUNTIME_DIR/fig`, or `fig-<user id>` in the temporary directory. Undefined where neither can be
 * had as a folder of this very user's that is closed to all others; a link is never followed.
 */
export function privateFolder(runtimeDirectory: string | undefined): PrivateFolder | undefined {
  const user = process.getuid?.();
  if (user === undefined) return undefined;
  const runtime =
    runtimeDirectory !== undefined && isAbsolute(runtimeDirectory) ? ownFolder(join(runtimeDirectory, 'fig'), user) : undefined;
  return runtime ?? ownFolder(join(tmpdir(), `fig-${user}`), user);
}

function ownFolder(path: string, user: number): PrivateFolder | undefined {
  try {
    const found = look(path) ?? made(path);
    if (!found) return undefined;
    const isPrivate = found.isDirectory() && found.uid === BigInt(user) && (found.mode & 0o077n) === 0n;
    return isPrivate ? { path, changedAt: found.mtimeNs } : undefined;
  } catch (error) {
    // A directory above that is missing, full or closed: there is no place for locks, which are advice.
    if ((error as NodeJS.ErrnoException).code !== undefined) return undefined;
    throw error;
  }
}

function look(path: string) {
  return lstatSync(path, { bigint: true, throwIfNoEntry: false });
}

/** Another fig may have made it at the same moment: who made it does not matter, only what it is. */
function made(path: string) {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return look(path);
}
