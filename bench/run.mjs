// `npm run bench`: fig against docker compose and against the bare Engine API, run in turns on an engine of its own; prints medians and ratios.
// usage: run.mjs [ROUNDS]      FIG_REFERENCE names the binary of Docker Compose v5.5.1; without it, one that is installed is taken.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { cpus, homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { callEngine, canIsolate, importBusybox, programPath, startPrivateEngine } from '../scripts/engine.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const rounds = Number(process.argv[2] ?? 11);
const count = 10;

if (!existsSync(join(root, 'dist/fig.cjs'))) throw new Error('dist/fig.cjs is not there: run `npm run build` first');

// In a network namespace of its own, as the tests: no other engine's rules are in the way.
if (process.env.FIG_TEST_INSIDE !== '1' && canIsolate()) {
  const inner = '"$1" ip link set lo up && shift && exec "$@"';
  const args = ['--net', 'sh', '-c', inner, 'sh', programPath('busybox'), process.execPath, ...process.argv.slice(1)];
  const { status } = spawnSync('unshare', args, { stdio: 'inherit', env: { ...process.env, FIG_TEST_INSIDE: '1' } });
  process.exit(status ?? 1);
}

/** The reference's binary: FIG_REFERENCE, or where tools/reference.sh puts it; undefined where there is none. */
function findReference() {
  const cached = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'fig-reference/v5.5.1/docker-compose');
  return process.env.FIG_REFERENCE ?? (existsSync(cached) ? cached : undefined);
}

const fig = [process.execPath, join(root, 'dist/fig.cjs')];
const bare = [process.execPath, join(root, 'bench/bare.cjs')];
const folder = mkdtempSync(join(tmpdir(), 'fig-bench-'));
const binary = findReference();
// As it is typed: the docker command, which finds compose as its plugin.
const plugins = join(folder, '.docker/cli-plugins');
if (binary && programPath('docker')) {
  mkdirSync(plugins, { recursive: true });
  symlinkSync(binary, join(plugins, 'docker-compose'));
}
const compose =
  spawnSync('docker', ['compose', 'version'], { stdio: 'ignore', env: { PATH: process.env.PATH, HOME: folder } }).status === 0
    ? ['docker', 'compose']
    : undefined;
const engine = await startPrivateEngine();

/** Runs a command in a project's folder; resolves to its wall time in milliseconds. */
function time(command, project) {
  return new Promise((resolve, reject) => {
    const started = process.hrtime.bigint();
    const child = spawn(command[0], command.slice(1), {
      cwd: join(folder, project),
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { PATH: process.env.PATH, HOME: folder, DOCKER_HOST: engine.host },
    });
    let errors = '';
    child.stderr.on('data', text => {
      errors += text;
    });
    child.on('error', reject);
    child.on('close', code => {
      const took = Number(process.hrtime.bigint() - started) / 1e6;
      if (code === 0) resolve(took);
      else reject(new Error(`${command.join(' ')}: ${code}\n${errors}`));
    });
  });
}

async function sweep(project) {
  const filters = encodeURIComponent(JSON.stringify({ label: [`com.docker.compose.project=${project}`] }));
  const list = async path => JSON.parse((await callEngine(engine.host, 'GET', path)).text);
  const containers = await list(`/containers/json?all=1&filters=${filters}`);
  await Promise.all(containers.map(({ Id }) => callEngine(engine.host, 'DELETE', `/containers/${Id}?force=1`)));
  for (const { Id } of await list(`/networks?filters=${filters}`)) await callEngine(engine.host, 'DELETE', `/networks/${Id}`);
}

const median = times => times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)];

/** Runs each candidate once a round, in an order that turns, so that what the machine does meanwhile meets all alike. */
async function measure(candidates, rounds) {
  const times = candidates.map(() => []);
  for (let round = 0; round < rounds + 1; round++)
    for (let turn = 0; turn < candidates.length; turn++) {
      const index = (round + turn) % candidates.length;
      const took = await candidates[index].run();
      if (round > 0) times[index].push(took); // the first round warms up
    }
  return candidates.map(({ name }, index) => ({ name, median: median(times[index]), times: times[index] }));
}

const results = [];
/** `weight`: how many times more rounds than asked for; short commands need more of them to stand out of what the machine does meanwhile. */
async function row(name, candidates, weight = 1) {
  const measured = await measure(candidates.filter(Boolean), rounds * weight);
  const [ours, ...others] = measured;
  results.push({ name, measured });
  console.log(`${name}`);
  for (const one of measured) {
    const sorted = one.times.toSorted((a, b) => a - b);
    console.log(`  ${one.name.padEnd(28)} ${one.median.toFixed(0).padStart(6)} ms   (${sorted[0].toFixed(0)}–${sorted.at(-1).toFixed(0)})`);
  }
  // Round by round, since both ran within the same moment of the machine, and then the median.
  for (const one of others) {
    const ratio = median(ours.times.map((took, round) => took / one.times[round]));
    console.log(`  fig / ${one.name.padEnd(22)} ${ratio.toFixed(2).padStart(6)}`);
  }
}

/** One way to bring ten services up, each time from nothing. */
const upFromNothing = (name, project, command) => ({
  name,
  run: async () => {
    await sweep(project);
    return time(command, project);
  },
});

try {
  await importBusybox(engine.host);
  const services = Array.from({ length: count }, (_, index) => `  s${index}:\n    image: busybox\n    command: sleep 3600\n`);
  for (const project of ['fig', 'compose', 'plugin', 'bare']) {
    mkdirSync(join(folder, project));
    writeFileSync(join(folder, project, 'compose.yaml'), `name: ${project}\nservices:\n${services.join('')}`);
  }
  const { text } = await callEngine(engine.host, 'GET', '/version');
  console.log(
    `node ${process.version}, Docker ${JSON.parse(text).Version}, ${cpus().length} cores, ${rounds} rounds (three times as many for short commands), medians`,
  );
  if (!compose && !binary) console.log('no docker compose at hand: set FIG_REFERENCE to compare with it');

  await row(
    'version',
    [
      { name: 'fig version', run: () => time([...fig, 'version'], 'fig') },
      { name: 'node -e 0', run: () => time([process.execPath, '-e', '0'], 'fig') },
      compose && { name: 'docker compose version', run: () => time([...compose, 'version'], 'compose') },
      binary && { name: 'its plugin alone', run: () => time([binary, 'version'], 'compose') },
    ],
    3,
  );
  await row(`up -d of ${count} services`, [
    upFromNothing('fig up -d', 'fig', [...fig, 'up', '-d']),
    compose && upFromNothing('docker compose up -d', 'compose', [...compose, 'up', '-d']),
    binary && upFromNothing('its plugin alone', 'plugin', [binary, 'up', '-d']),
    upFromNothing('bare API', 'bare', [...bare, 'up', 'bare', String(count)]),
  ]);
  // Each finds its own ten running now; the bare script has nothing to start.
  await row(
    `up -d of ${count} services that run`,
    [
      { name: 'fig up -d', run: () => time([...fig, 'up', '-d'], 'fig') },
      compose && { name: 'docker compose up -d', run: () => time([...compose, 'up', '-d'], 'compose') },
      binary && { name: 'its plugin alone', run: () => time([binary, 'up', '-d'], 'plugin') },
      { name: 'bare API', run: () => time([...bare, 'noop', 'bare', String(count)], 'bare') },
    ],
    3,
  );
} finally {
  await engine.stop();
  rmSync(folder, { recursive: true, force: true });
}
