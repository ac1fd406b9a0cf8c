// Env files that a command line names (`run --env-from-file`).
import { resolve } from 'node:path';
import { type DotenvEntries, parseDotenv } from '../compose/dotenv.ts';
import { createReport } from '../diagnostics/report.ts';
import { type Named, named } from '../model/named.ts';
import { readSource, type SourceReader } from '../source/reader.ts';
import { diskReader } from '../source/readers/disk.ts';
import { Refusal } from './refusal.ts';

/** The variables of all files, a later file over an earlier one. Throws Refusal with everything that is wrong. */
export async function readEnvFiles(
  paths: readonly string[],
  where: { readonly directory: string; readonly environment: Named<string> },
  reader: SourceReader = diskReader(),
): Promise<Named<string>> {
  const report = createReport();
  let entries: DotenvEntries = new Map();
  for (const path of paths) {
    const absolute = resolve(where.directory, path);
    const source = await readSource(reader, absolute);
    if (!('failed' in source)) {
      entries = parseDotenv(source, { earlier: entries, lookup: name => where.environment[name], report });
    } else {
      report.add('files.unreadable', { message: `env file ${absolute} not found: ${source.text}` });
    }
  }
  if (report.failed) throw new Refusal(report.all());
  return named([...entries].map(([name, { value }]) => [name, value] as const));
}
