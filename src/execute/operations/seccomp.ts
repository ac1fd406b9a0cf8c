// Seccomp profiles: files of the host that the engine is sent the content of (interop.md §4.2).
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { seccompFiles } from '../../engine/payload/host.ts';
import { type Named, named } from '../../model/named.ts';
import type { Service } from '../../model/service.ts';
import { StepFailure } from '../failure.ts';

/** The profiles of a service as compact JSON, by the path that the service writes. Throws StepFailure in the reference's words. */
export async function seccompProfiles(service: Service, directory: string): Promise<Named<string>> {
  const read = seccompFiles(service).map(async path => [path, await profile(path, resolve(directory, path))] as const);
  return named(await Promise.all(read));
}

async function profile(written: string, path: string): Promise<string> {
  const refuse = (doing: string, failure: unknown) => {
    const why = failure instanceof Error ? failure.message : String(failure);
    return new StepFailure('files.unreadable', `${doing} seccomp profile (${written}) failed: ${why}`);
  };
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (failure) {
    throw refuse('opening', failure);
  }
  try {
    JSON.parse(text);
  } catch (failure) {
    if (failure instanceof SyntaxError) throw refuse('compacting json for', failure);
    throw failure;
  }
  // Without the spaces between, and else byte for byte: numbers may be longer than a parser keeps them.
  return text.replace(/("(?:[^"\\]|\\.)*")|\s+/g, '$1');
}
