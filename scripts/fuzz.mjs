// `npm run fuzz -- --count N [--seed S] [--from N]`: hostile files for the loader, in child processes that have a ceiling for their memory
// and a time for each case. Prints what breaks a limit, throws, or does not survive being printed; exit code 1 if any does.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { values } = parseArgs({
  options: {
    count: { type: 'string' },
    seed: { type: 'string' },
    from: { type: 'string' },
    jobs: { type: 'string' },
  },
});
const [count, seed, from, jobs] = [values.count ?? 2000, values.seed ?? 2026, values.from ?? 0, values.jobs ?? 2].map(Number);

/** A case may take 2 s of processor time and 512 MiB. The clock is only to notice what never ends. */
const limits = { cpuMs: 2000, memoryMiB: 512, clockMs: 120_000 };

const folder = mkdtempSync(join(tmpdir(), 'fig-fuzz-'));
const bundles = {};
for (const name of ['child', 'cases']) {
  bundles[name] = join(folder, `${name}.mjs`);
  const shims = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";
  await build({
    absWorkingDir: root,
    entryPoints: [`test/fuzz/${name}.ts`],
    outfile: bundles[name],
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    banner: { js: shims },
    external: ['dockerode', 'listr2'],
    logLevel: 'error',
  });
}
const { makeCase } = await import(pathToFileURL(bundles.cases));

const schema = readFileSync(join(root, 'schemas/compose-spec.json'), 'utf8');
const projects = readdirSync(join(root, 'fixtures/projects'), { recursive: true }).filter(name => /\.ya?ml$/.test(name));
const material = {
  files: projects.map(name => readFileSync(join(root, 'fixtures/projects', name), 'utf8')),
  keys: [...new Set([...schema.matchAll(/"([a-z_]+)": \{/g)].map(([, key]) => key))],
};
const materialPath = join(folder, 'material.json');
writeFileSync(materialPath, JSON.stringify(material));

/** Runs cases in one child; `told` hears of each. Resolves to the number at which it died, and why, or undefined. */
function runChild(directory, range, told) {
  return new Promise(resolve => {
    const args = [
      '--expose-gc',
      '--max-old-space-size=400',
      '--max-semi-space-size=16',
      bundles.child,
      directory,
      materialPath,
      ...range.map(String),
    ];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let [at, died, errors] = [undefined, undefined, ''];
    let timer;
    child.stderr.on('data', text => {
      errors = `${errors}${text}`.slice(-2000);
    });
    createInterface({ input: child.stdout }).on('line', line => {
      clearTimeout(timer);
      const [what, number, ...rest] = line.split(' ');
      if (what === 'begin') {
        at = Number(number);
        timer = setTimeout(() => {
          died = 'does not end';
          child.kill('SIGKILL');
        }, limits.clockMs);
      } else {
        at = undefined;
        told(Number(number), JSON.parse(rest.join(' ')));
      }
    });
    child.on('close', code => {
      clearTimeout(timer);
      if (code === 0) resolve(undefined);
      else
        resolve({
          number: at,
          why: died ?? (/heap out of memory/.test(errors) ? 'runs out of memory' : `ends the process: ${errors.slice(0, 500)}`),
        });
    });
  });
}

const excess = ({ broken, ms, peakMiB }) =>
  broken ?? (ms > limits.cpuMs ? `takes ${ms} ms` : peakMiB > limits.memoryMiB ? `takes ${peakMiB} MiB` : undefined);

const findings = [];
const tally = {};
let done = 0;

function note(number, result) {
  done++;
  const { kind } = makeCase(seed, number, material);
  const row = (tally[kind] ??= { cases: 0, taken: 0, refused: 0, ms: 0, slowest: 0, peakMiB: 0 });
  row.cases++;
  if (result.outcome in row) row[result.outcome]++;
  row.ms += result.ms;
  row.slowest = Math.max(row.slowest, result.ms);
  row.peakMiB = Math.max(row.peakMiB, result.peakMiB);
  const why = excess(result);
  if (why) find(number, kind, why);
  if (done % 5000 === 0) console.error(`fuzz: ${done} cases, ${findings.length} findings`);
}

function find(number, kind, why) {
  findings.push({ number, kind, why });
  console.error(`fuzz: case ${number} (${kind}) ${why.split('\n').slice(0, 6).join('\n  ')}`);
}

async function work(job) {
  const directory = join(folder, `job-${job}`);
  for (let next = from + job; next < from + count; ) {
    const end = await runChild(directory, [seed, next, jobs, from + count], note);
    if (end === undefined) return;
    if (end.number === undefined) throw new Error(`a child ended between cases: ${end.why}`);
    done++;
    find(end.number, makeCase(seed, end.number, material).kind, end.why);
    next = end.number + jobs;
  }
}

/** Whether the files of a folder still break something, in a child of their own. */
async function stillBreaks(directory) {
  let why;
  const end = await runChild(directory, ['replay'], (_, result) => {
    why = excess(result);
  });
  return end !== undefined || why !== undefined;
}

/** Leaves out pieces of each file of a case, halves first, for as long as what is left still breaks; at most so many times. */
async function minimised(number, attempts = 60) {
  const directory = join(folder, 'replay');
  let files = makeCase(seed, number, material).files;
  const write = candidate => {
    rmSync(directory, { recursive: true, force: true });
    for (const [path, bytes] of Object.entries(candidate)) {
      mkdirSync(dirname(join(directory, path)), { recursive: true });
      writeFileSync(join(directory, path), bytes);
    }
  };
  for (const path of Object.keys(files)) {
    for (let size = Math.ceil(files[path].length / 2); size >= 1 && attempts > 0; size = size > 1 ? Math.ceil(size / 2) : 0) {
      for (let at = 0; at < files[path].length && attempts-- > 0; ) {
        const left = Buffer.concat([files[path].subarray(0, at), files[path].subarray(at + size)]);
        write({ ...files, [path]: left });
        if (await stillBreaks(directory)) files = { ...files, [path]: left };
        else at += size;
      }
    }
  }
  return files;
}

try {
  const started = Date.now();
  await Promise.all(Array.from({ length: jobs }, (_, job) => work(job)));
  console.table(tally);
  console.log(`${done} cases of seed ${seed} in ${Math.round((Date.now() - started) / 1000)} s, ${findings.length} findings`);
  for (const { number, kind, why } of findings.slice(0, 20)) {
    console.log(`\ncase ${number} (${kind}) ${why}`);
    for (const [path, bytes] of Object.entries(await minimised(number))) {
      const text = JSON.stringify(Buffer.from(bytes).toString('latin1'));
      console.log(`  ${path}: ${text.length > 2000 ? `${text.slice(0, 2000)}… (${bytes.length} bytes)` : text}`);
    }
  }
  process.exitCode = findings.length > 0 ? 1 : 0;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
