// The process in which cases run: it has a ceiling for its memory, and may be killed at any case. scripts/fuzz.mjs bundles and starts it.
// Protocol, a line each: `begin N` and `end N JSON` on standard output, written at once, so that a case that never ends is known.
import { mkdirSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { composeJson, composeYaml, openProject, serviceHashes } from '../../src/index.ts';
import { named } from '../../src/model/named.ts';
import { memoryReader } from '../../src/source/readers/memory.ts';
import { printDiagnostics } from '../../src/view/diagnostics.ts';
import { type Case, makeCase } from './cases.ts';

declare const gc: (() => void) | undefined;

const request = (directory: string) => ({
  workingDirectory: directory,
  environment: named<string>(),
  home: '/root',
  files: [],
  envFiles: [],
  profiles: [],
  services: [],
  withoutDependencies: false,
  allResources: false,
  compatibility: false,
  skip: { interpolation: false, normalization: false, pathResolution: false, consistency: false, envResolution: false },
});

/** Loads the files of a folder and says what came of it, all of it as text, since printing is put to the test too. */
async function outcome(directory: string): Promise<{ readonly outcome: string; readonly broken?: string }> {
  const loaded = await openProject(request(directory));
  const diagnostics = loaded.ok ? loaded.warnings : loaded.diagnostics;
  const told = printDiagnostics(diagnostics, { directory });
  if (!loaded.ok)
    return diagnostics.some(({ severity }) => severity === 'error')
      ? { outcome: 'refused' }
      : { outcome: 'refused', broken: `refused without an error:\n${told}` };
  const printed = composeYaml(loaded.project);
  composeJson(loaded.project);
  serviceHashes(loaded.project);
  const again = await openProject(
    { ...request(directory), files: ['/again.yaml'], projectDirectory: directory },
    memoryReader({ '/again.yaml': printed }),
  );
  if (!again.ok)
    return {
      outcome: 'taken',
      broken: `what was printed cannot be loaded:\n${printDiagnostics(again.diagnostics, { directory, most: 3 })}`,
    };
  const reprinted = composeYaml(again.project);
  return reprinted === printed
    ? { outcome: 'taken' }
    : { outcome: 'taken', broken: `printed again, it differs: ${firstDifference(printed, reprinted)}` };
}

function firstDifference(a: string, b: string): string {
  const [left, right] = [a.split('\n'), b.split('\n')];
  const at = left.findIndex((line, index) => line !== right[index]);
  return `${JSON.stringify(left[at]?.slice(0, 200))} became ${JSON.stringify(right[at]?.slice(0, 200))}`;
}

/** The most memory this process has had since it was last asked for, in MiB. */
function peakMiB(): number {
  const status = readFileSync('/proc/self/status', 'utf8');
  writeFileSync('/proc/self/clear_refs', '5');
  return Number(/VmHWM:\s*(\d+)/.exec(status)?.[1] ?? 0) / 1024;
}

async function run(number: number, directory: string, files: Case): Promise<void> {
  rmSync(directory, { recursive: true, force: true });
  for (const [path, bytes] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), bytes);
  }
  if (process.memoryUsage.rss() > 250 * 1024 * 1024) gc?.();
  peakMiB();
  writeSync(1, `begin ${number}\n`);
  const before = process.cpuUsage();
  let said: { readonly outcome: string; readonly broken?: string };
  try {
    said = await outcome(directory);
  } catch (failure) {
    const told = failure instanceof Error ? `${failure.message}\n${failure.stack?.split('\n').slice(1, 6).join('\n')}` : String(failure);
    said = { outcome: 'threw', broken: `threw ${told}` };
  }
  const { user, system } = process.cpuUsage(before);
  writeSync(1, `end ${number} ${JSON.stringify({ ...said, ms: Math.round((user + system) / 1000), peakMiB: Math.round(peakMiB()) })}\n`);
}

const [directory = '', materialPath = '', ...rest] = process.argv.slice(2);
const material = JSON.parse(readFileSync(materialPath, 'utf8')) as Parameters<typeof makeCase>[2];
const [seed = 0, from = 0, step = 1, to = 0] = rest.map(Number);
for (let number = from; number < to; number += step) await run(number, directory, makeCase(seed, number, material).files);
