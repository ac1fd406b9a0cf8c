// `npm run bench`: fig against docker compose and against the bare Engine API, run in turns on an engine of its own; prints medians and ratios.
// usage: run.mjs [ROUNDS [ROW...]]      rows: version up noop many chain scale recreate down; all of them unless some are named
// FIG_REFERENCE names the binary of Docker Compose v5.5.1; without it, one that is installed is taken.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { cpus, homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { callEngine, canIsolate, importBusybox, programPath, startPrivateEngine } from '../scripts/engine.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const rounds = Number(process.argv[2] ?? 11);
const chosen = process.argv.slice(3);
const count = 10;
const many = 50;

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

/** Removes all of a project, a few things at a time: an engine that is asked for everything at once answers too late. */
async function sweep(project) {
  const filters = encodeURIComponent(JSON.stringify({ label: [`com.docker.compose.project=${project}`] }));
  const list = async path => JSON.parse((await callEngine(engine.host, 'GET', path)).text);
  const remove = async path => {
    const { status, text } = await callEngine(engine.host, 'DELETE', path);
    if (status >= 400 && status !== 404) throw new Error(`DELETE ${path}: ${status} ${text}`);
  };
  const containers = await list(`/containers/json?all=1&filters=${filters}`);
  const worker = async () => {
    for (let one = containers.shift(); one; one = containers.shift()) await remove(`/containers/${one.Id}?force=1`);
  };
  await Promise.all(Array.from({ length: 4 }, worker));
  for (const { Id } of await list(`/networks?filters=${filters}`)) await remove(`/networks/${Id}`);
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

/** `weight`: how many times more rounds than asked for; short commands need more of them to stand out of what the machine does meanwhile. */
async function row(key, name, candidates, weight = 1) {
  if (chosen.length > 0 && !chosen.includes(key)) return;
  const measured = await measure(candidates.filter(Boolean), Math.max(1, Math.round(rounds * weight)));
  for (const { project } of candidates.filter(Boolean)) await sweep(project);
  const [ours, ...others] = measured;
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

/** A project of its own for each candidate, so that none finds what another left. */
function write(project, services) {
  mkdirSync(join(folder, project), { recursive: true });
  writeFileSync(join(folder, project, 'compose.yaml'), `name: ${project}\nservices:\n${services}`);
}

/** Services that stop at once. */
const sleepers = (number, ...lines) =>
  Array.from({ length: number }, (_, index) => {
    const own = ['image: busybox', 'command: sleep 3600', 'stop_grace_period: 0s', ...lines];
    return `  s${index}:\n${own.map(line => `    ${line}\n`).join('')}`;
  }).join('');

/**
 * Fig, docker compose and its plugin alone, each doing the same in a project of its own; `prepare` is called before each time, with the
 * project and the program, and is not measured.
 */
const programs = (key, services, args, prepare) => {
  const candidate = (name, project, program) => {
    write(project, services);
    return {
      name: `${name} ${args.join(' ')}`,
      project,
      run: async () => {
        await prepare(project, program);
        return time([...program, ...args], project);
      },
    };
  };
  return [
    candidate('fig', `fig-${key}`, fig),
    compose && candidate('docker compose', `compose-${key}`, compose),
    binary && { ...candidate('', `plugin-${key}`, [binary]), name: 'its plugin alone' },
  ];
};

/** The bare script, as a candidate. */
const floor = (verb, project, number, prepare) => ({
  name: 'bare API',
  project,
  run: async () => {
    await prepare(project);
    return time([...bare, verb, project, String(number)], project);
  },
});

const nothing = async () => {};

try {
  await importBusybox(engine.host);
  const { text } = await callEngine(engine.host, 'GET', '/version');
  console.log(
    `node ${process.version}, Docker ${JSON.parse(text).Version}, ${cpus().length} cores, ${rounds} rounds (three times as many for short commands, half as many for 50 services), medians`,
  );
  if (!compose && !binary) console.log('no docker compose at hand: set FIG_REFERENCE to compare with it');
  for (const project of ['bare', 'bare-many']) write(project, sleepers(project === 'bare' ? count : many));

  const version = programs('version', sleepers(1), ['version'], nothing);
  await row(
    'version',
    'version',
    [version[0], { name: 'node -e 0', project: 'bare', run: () => time([process.execPath, '-e', '0'], 'bare') }, ...version.slice(1)],
    3,
  );
  await row('up', `up -d of ${count} services`, [
    ...programs('up', sleepers(count), ['up', '-d'], sweep),
    floor('up', 'bare', count, sweep),
  ]);
  // The first, unmeasured time brings them up; the bare script looks at fig's.
  await row(
    'noop',
    `up -d of ${count} services that run`,
    [...programs('noop', sleepers(count), ['up', '-d'], nothing), floor('noop', 'fig-noop', count, nothing)],
    3,
  );
  await row(
    'many',
    `up -d of ${many} services`,
    [...programs('many', sleepers(many), ['up', '-d'], sweep), floor('up', 'bare-many', many, sweep)],
    0.5,
  );
  const healthy = 'healthcheck: {test: "true", interval: 3s}';
  const chain = [0, 1, 2, 3, 4].map(index =>
    sleepers(1, healthy, ...(index > 0 ? [`depends_on: {s${index - 1}: {condition: service_healthy}}`] : [])).replace('s0:', `s${index}:`),
  );
  await row('chain', 'up -d of a chain of 5 healthy services that run', programs('chain', chain.join(''), ['up', '-d'], nothing), 3);
  await row(
    'scale',
    'scale 1 → 20',
    programs('scale', sleepers(1), ['scale', 's0=20'], async (project, program) => {
      await sweep(project);
      await time([...program, 'up', '-d'], project);
    }),
  );
  let changes = 0;
  await row(
    'recreate',
    `up -d that makes 1 of ${count} anew`,
    programs('recreate', sleepers(count), ['up', '-d'], async project => {
      write(project, `${sleepers(1, `environment: {CHANGE: "${++changes}"}`)}${sleepers(count).slice(sleepers(1).length)}`);
    }),
    3,
  );
  // Made by one program for all, so that all find the same.
  const made = project => sweep(project).then(() => time([...fig, 'up', '-d'], project));
  await row(
    'down',
    `down of ${many} services`,
    [...programs('down', sleepers(many), ['down'], made), floor('down', 'bare-many', many, made)],
    0.5,
  );
} finally {
  await engine.stop();
  rmSync(folder, { recursive: true, force: true });
}
