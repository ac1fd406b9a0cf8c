// `npm test`: brings what the tests need (dependencies, a private engine, the reference where it is at hand), runs them, and counts.
// Plain JavaScript without dependencies: it runs on a fresh clone. Arguments name the suites; without any, all of them.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  canIsolate,
  cannotInstall,
  importBusybox,
  installPackages,
  isRoot,
  missingPackages,
  programPath,
  registryPrograms,
  startPrivateEngine,
} from './engine.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const referenceVersion = 'v5.5.1';
/** suite → what it needs beyond the sources. The order is the order of running: quick ones first. */
const suites = {
  unit: {},
  tidy: {},
  conformance: { build: true, reference: true },
  engine: { build: true, reference: true, engine: true },
  faults: { build: true, engine: true },
};

const say = text => console.error(`test: ${text}`);

let running;
let interrupted = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
  process.on(signal, () => {
    interrupted = true;
    running?.kill(signal);
  });

/** Runs a program with its output shown; resolves to its exit code (1 where a signal ended it). */
function run(program, args, env = {}) {
  return new Promise((resolve, reject) => {
    running = spawn(program, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, ...env } });
    running.on('error', reject);
    running.on('close', code => {
      running = undefined;
      resolve(code ?? 1);
    });
  });
}

function chosenSuites(names) {
  if (names.length === 0) return Object.keys(suites);
  const unknown = names.filter(name => !(name in suites));
  if (unknown.length > 0) throw new Error(`no suite ${unknown.join(', ')}; there are ${Object.keys(suites).join(', ')}`);
  return names.includes('unit') && !names.includes('tidy') ? ['tidy', ...names] : names;
}

/** The path of the reference's binary: named, built before, or built now where its build script and Go are at hand. */
async function findReference() {
  if (process.env.FIG_REFERENCE) return process.env.FIG_REFERENCE;
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
  const binary = join(cache, 'fig-reference', referenceVersion, 'docker-compose');
  if (existsSync(binary)) return binary;
  const script = join(root, '../shared/tools/reference.sh');
  if (!existsSync(script) || !programPath('go')) return undefined;
  say(`building the reference, Docker Compose ${referenceVersion}, to compare with (some minutes, once)`);
  const status = await run('bash', [script, referenceVersion]);
  return status === 0 && existsSync(binary) ? binary : undefined;
}

/** Sees to all that must come from outside, before the run is cut off from the network. */
async function prepare(wanted) {
  if (!existsSync(join(root, 'node_modules', '.package-lock.json'))) {
    say('installing the dependencies (npm ci)');
    if ((await run('npm', ['ci', '--no-audit', '--no-fund'])) !== 0) throw new Error('npm ci failed');
  }
  if (wanted.some(name => suites[name].engine) && !process.env.FIG_TEST_HOST) {
    const missing = missingPackages(registryPrograms);
    if (missing.length > 0) {
      const obstacle = cannotInstall();
      if (obstacle)
        throw new Error(`the tests need ${missing.join(', ')}, and ${obstacle}. Install them, or set FIG_TEST_HOST to an engine`);
      say(`installing ${missing.join(', ')} with apt`);
      installPackages(missing);
    }
    if (!isRoot()) throw new Error('an engine of its own needs root; set FIG_TEST_HOST to an engine to use that');
  }
  if (wanted.some(name => suites[name].reference)) {
    const reference = await findReference();
    if (reference) process.env.FIG_REFERENCE = reference;
    else
      say(`no reference (Docker Compose ${referenceVersion}) is at hand: tests that compare with it are skipped, the recordings stand in`);
  }
}

/** Types, lint and build; resolves to how many of them failed. */
async function check(wanted) {
  const checks = [
    ['types', 'npx', ['tsc', '--noEmit']],
    ['lint', 'npx', ['biome', 'check', '.']],
    ...(wanted.some(name => suites[name].build) ? [['build', 'node', ['scripts/build.mjs']]] : []),
  ];
  let failed = 0;
  for (const [name, program, args] of checks) {
    const started = Date.now();
    const good = (await run(program, args)) === 0;
    say(`${name} ${good ? 'good' : 'FAILED'} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
    if (!good) failed++;
  }
  return failed;
}

/** Runs suites in vitest and adds up what its JSON report says. */
async function runSuites(names, env) {
  const count = { passed: 0, failed: 0, skipped: [] };
  const folder = mkdtempSync(join(tmpdir(), 'fig-report-'));
  const present = names.filter(name => hasTests(join(root, 'test', name)));
  if (present.length === 0) return count;
  try {
    const report = join(folder, 'report.json');
    const projects = present.flatMap(name => ['--project', name]);
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
    const code = await run('npx', ['vitest', 'run', '--config', 'test/vitest.config.ts', ...projects, ...reporters], env);
    if (existsSync(report)) {
      for (const file of JSON.parse(readFileSync(report, 'utf8')).testResults) {
        if (file.status === 'failed' && file.assertionResults.every(test => test.status !== 'failed')) count.failed++; // could not be loaded
        for (const test of file.assertionResults) {
          if (test.status === 'passed') count.passed++;
          else if (test.status === 'failed') count.failed++;
          else count.skipped.push(test.fullName);
        }
      }
    }
    if (code !== 0 && count.failed === 0) count.failed = 1; // an error outside of any test
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return count;
}

const hasTests = folder => existsSync(folder) && readdirSync(folder, { recursive: true }).some(name => name.endsWith('.test.ts'));

async function runEverything(wanted) {
  const failedChecks = await check(wanted);
  const needsEngine = wanted.some(name => suites[name].engine);
  const engine = needsEngine && !process.env.FIG_TEST_HOST ? await startPrivateEngine() : undefined;
  try {
    const host = engine?.host ?? process.env.FIG_TEST_HOST;
    if (engine) {
      await importBusybox(engine.host);
      say(`engine at ${engine.host}`);
    }
    const env = {
      NODE_ENV: 'test',
      ...(host ? { FIG_TEST_HOST: host } : {}),
      PATH: `${process.env.PATH}:/usr/local/sbin:/usr/sbin:/sbin`,
    };
    // What needs no engine runs apart, so that an engine's noise does not touch it.
    const groups = [wanted.filter(name => !suites[name].engine), wanted.filter(name => suites[name].engine)];
    const total = { passed: 0, failed: failedChecks, skipped: [] };
    for (const group of groups) {
      if (interrupted) throw new Error('interrupted');
      const count = await runSuites(group, env);
      total.passed += count.passed;
      total.failed += count.failed;
      total.skipped.push(...count.skipped);
    }
    return total;
  } finally {
    await engine?.stop();
  }
}

/** Runs this script again in a network namespace of its own: free ports, no clash with other engines, and no way out. */
function runCutOff(args) {
  const inner = '"$1" ip link set lo up && shift && exec "$@"';
  return run(
    'unshare',
    ['--net', 'sh', '-c', inner, 'sh', programPath('busybox'), process.execPath, fileURLToPath(import.meta.url), ...args],
    {
      FIG_TEST_INSIDE: '1',
    },
  );
}

async function main(args) {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) throw new Error(`fig needs Node 20.19 or newer; this is ${process.version}`);
  const wanted = chosenSuites(args);
  const inside = process.env.FIG_TEST_INSIDE === '1';
  if (!inside) {
    await prepare(wanted);
    const own = wanted.some(name => suites[name].engine) && !process.env.FIG_TEST_HOST;
    if (own && canIsolate()) return runCutOff(args);
  }
  const { passed, failed, skipped } = await runEverything(wanted);
  if (skipped.length > 0) {
    say(`${skipped.length} skipped:`);
    for (const name of skipped.slice(0, 40)) say(`  ${name}`);
  }
  console.log(`${passed} passed, ${failed} failed${skipped.length > 0 ? `, ${skipped.length} skipped` : ''}`);
  return failed === 0 && passed > 0 ? 0 : 1;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (failure) {
  say(failure.message);
  console.log('0 passed, 1 failed');
  process.exitCode = 1;
}
