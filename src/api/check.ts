// check: what can be said of the files of a project without an engine, and what of it can be mended. Loaded only when someone asks, which the
// commands of every day do not.
import type { LoadRequest } from '../compose/request.ts';
import type { SourceReader } from '../source/reader.ts';
import { diskReader } from '../source/readers/disk.ts';
import type { Checked } from './checking/examine.ts';
import type { Mended, MendedFile } from './checking/mend.ts';

export type { Checked, Mended, MendedFile };

/** Checks the files of a project: what the loader says, of every profile, and what is suspicious. Never throws for what the user wrote. */
export async function checkProject(request: LoadRequest, reader: SourceReader = diskReader()): Promise<Checked> {
  const { examineProject } = await import('./checking/examine.ts');
  return examineProject(request, reader);
}

/** Checks a project, and mends its files in memory: nothing is written. What was not read from a file, such as standard input, stays as it is. */
export async function mendProject(request: LoadRequest, reader: SourceReader = diskReader()): Promise<Mended> {
  const { mendInMemory } = await import('./checking/mend.ts');
  return mendInMemory(request, reader);
}

/** Writes mended files to the disk, each at once or not at all. Throws Refusal for the first that cannot be written. */
export async function rewriteFiles(files: readonly MendedFile[]): Promise<void> {
  const { rewriteEach } = await import('./checking/rewrite.ts');
  return rewriteEach(files);
}
