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

/** What the reference prints in a way that it does not load again, or not as the same; fig prints the same bytes. */
const knownNotToReturn = [
  { where: /^ *(?:""|''):/m, why: 'a variable without a name, from an env file or an item such as =b' },
  { where: /^ *['"]?[^\s:]*\$\$[^:]*:/m, why: 'a dollar in a key is doubled, and nothing halves it' },
];

/** Loads the files of a folder and says what came of it, all of it as text, since printing is put to the test too; then `measured` is called. */
async function outcome(directory: string, measured: () => void): Promise<{ readonly outcome: string; readonly broken?: string }> {
  const loaded = await openProject(request(directory));
  const diagnostics = loaded.ok ? loaded.warnings : loaded.diagnostics;
  const told = printDiagnostics(diagnostics, { directory });
  measured();
  if (!loaded.ok) {
    const isExplained = diagnostics.some(({ severity }) => severity === 'error');
    return { outcome: 'refused', ...(isExplained ? {} : { broken: `refused without an error:\n${told}` }) };
  }
  const printed = composeYaml(loaded.project);
  composeJson(loaded.project);
  serviceHashes(loaded.project);
  const broken = knownNotToReturn.some(({ where }) => where.test(printed)) ? undefined : await lossOf(printed, directory);
  return { outcome: 'taken', ...(broken === undefined ? {} : { broken }) };
}

/** What gets lost when a printed project is loaded and printed again; undefined for nothing. */
async function lossOf(printed: string, directory: string): Promise<string | undefined> {
  const reader = memoryReader({ '/again.yaml': printed });
  const again = await openProject({ ...request(directory), files: ['/again.yaml'], projectDirectory: directory }, reader);
  if (again.ok) {
    const reprinted = composeYaml(again.project);
    return reprinted === printed ? undefined : `printed again, it differs: ${firstDifference(printed, reprinted)}`;
  }
  const errors = again.diagnostics.filter(({ severity }) => severity === 'error');
  // A dependency that is not required, on a service that is switched off, is printed without that service, as the reference prints it.
  // And what is implied may not fit into the limits of a file.
  if (errors.every(({ code }) => code === 'reference.unknown-service' || code === 'files.too-large')) return undefined;
  return `what was printed cannot be loaded:\n${printDiagnostics(errors, { directory, most: 3 })}`;
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
  await runInPlace(number, directory);
}

/** Runs the case whose files lie in the folder already. */
async function runInPlace(number: number, directory: string): Promise<void> {
  if (process.memoryUsage.rss() > 250 * 1024 * 1024) gc?.();
  peakMiB();
  writeSync(1, `begin ${number}\n`);
  const before = process.cpuUsage();
  let used: NodeJS.CpuUsage | undefined;
  let said: { readonly outcome: string; readonly broken?: string };
  try {
    said = await outcome(directory, () => {
      used = process.cpuUsage(before);
    });
  } catch (failure) {
    const told = failure instanceof Error ? `${failure.message}\n${failure.stack?.split('\n').slice(1, 6).join('\n')}` : String(failure);
    said = { outcome: 'threw', broken: `threw ${told}` };
  }
  const { user, system } = used ?? process.cpuUsage(before);
  writeSync(1, `end ${number} ${JSON.stringify({ ...said, ms: Math.round((user + system) / 1000), peakMiB: Math.round(peakMiB()) })}\n`);
}

const [directory = '', materialPath = '', ...rest] = process.argv.slice(2);
const material = JSON.parse(readFileSync(materialPath, 'utf8')) as Parameters<typeof makeCase>[2];
const [seed = 0, from = 0, step = 1, to = 0] = rest.map(Number);
if (rest[0] === 'replay') await runInPlace(0, directory);
for (let number = from; number < to; number += step) await run(number, directory, makeCase(seed, number, material).files);
