// `config -q` of 1, 100 and 1,000 services in several shapes: fig against docker compose as it is typed, in turns; time and peak memory.
// usage: config.mjs [ROUNDS]      FIG_REFERENCE names the binary of Docker Compose v5.5.1. No engine is needed.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { cpus, homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { programPath } from '../scripts/engine.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const rounds = Number(process.argv[2] ?? 7);
if (!existsSync(join(root, 'dist/fig.cjs'))) throw new Error('dist/fig.cjs is not there: run `npm run build` first');

const cached = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'fig-reference/v5.5.1/docker-compose');
const binary = process.env.FIG_REFERENCE ?? (existsSync(cached) ? cached : undefined);
const folder = mkdtempSync(join(tmpdir(), 'fig-bench-'));
if (binary && programPath('docker')) {
  mkdirSync(join(folder, '.docker/cli-plugins'), { recursive: true });
  symlinkSync(binary, join(folder, '.docker/cli-plugins/docker-compose'));
}

/** One service, and what the file begins with, for each shape; each is what people write, many times over. */
const shapes = {
  plain: {
    head: '',
    service: index => `  s${index}:
    image: example/app:${index}
    environment:
      MODE: production
      NUMBER: ${index}
      URL: http://s${index}.example
    ports: ["${10_000 + index}:80"]
    volumes: ["data:/var/lib/data"]
    networks: [back]
    labels: {owner: team-${index % 7}}
    healthcheck: {test: [CMD, "true"], interval: 10s}
${index > 0 ? `    depends_on: [s${index - 1}]\n` : ''}`,
  },
  'anchors and merges': {
    head: 'x-base: &base\n  restart: always\n  environment: &env {A: a, B: b, C: c}\n  networks: [back]\n  volumes: ["data:/var/lib/data"]\n',
    service: index => `  s${index}:
    <<: *base
    image: example/app:${index}
    environment:
      <<: *env
      NUMBER: ${index}
    ports: ["${10_000 + index}:80"]
`,
  },
  interpolation: {
    head: '',
    service: index => `  s${index}:
    image: "\${REGISTRY:-registry.example}/app:\${TAG_${index}:-v\${MAJOR:-1}}"
    environment:
      HOST: "\${HOST:-localhost}"
      URL: "http://\${HOST:-localhost}:\${PORT:-80}/\${PATH_${index}:-a}"
    ports: ["\${PORT_${index}:-${10_000 + index}}:80"]
    volumes: ["\${DATA:-data}:/var/lib/data"]
    networks: [back]
`,
  },
  extends: {
    head: '',
    service: index =>
      index === 0
        ? '  s0:\n    image: example/app\n    environment: {A: a, B: b}\n    volumes: ["data:/var/lib/data"]\n    networks: [back]\n    labels: {owner: team}\n'
        : `  s${index}:\n    extends: s0\n    image: example/app:${index}\n    environment: {NUMBER: ${index}}\n    ports: ["${10_000 + index}:80"]\n`,
  },
};

/** Aims as ratios of fig to docker compose: of time where one is set for so many services, and of memory. */
const aims = { time: { 100: 1.2, 1000: 0.7 }, memory: 1.5 };

/** Runs a command; resolves to its time on the clock in milliseconds. */
function measure(command, directory) {
  return new Promise((resolve, reject) => {
    const started = process.hrtime.bigint();
    const child = spawn(command[0], command.slice(1), {
      cwd: directory,
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { PATH: process.env.PATH, HOME: folder, DOCKER_HOST: `unix://${folder}/no-engine.sock` },
    });
    let errors = '';
    child.stderr.on('data', text => {
      errors += text;
    });
    child.on('error', reject);
    child.on('close', code => {
      const tookMs = Number(process.hrtime.bigint() - started) / 1e6;
      if (code === 0) resolve(tookMs);
      else reject(new Error(`${command.join(' ')}: ${code}\n${errors}`));
    });
  });
}

/**
 * The most memory of a command, in MiB: of its processes, the one that had the most, by the kernel's account of a process and of those it
 * awaited. Of docker compose that is the plugin.
 */
function peakMiB(command, directory) {
  const code =
    'import os,resource,sys\nos.chdir(sys.argv[1])\np=os.spawnvpe(os.P_WAIT,sys.argv[2],sys.argv[2:],os.environ)\nprint(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)\nsys.exit(p)';
  const env = { PATH: process.env.PATH, HOME: folder, DOCKER_HOST: `unix://${folder}/no-engine.sock` };
  const { status, stdout, stderr } = spawnSync('python3', ['-c', code, directory, ...command], { encoding: 'utf8', env });
  if (status !== 0) throw new Error(`${command.join(' ')}: ${status}\n${stderr}`);
  return Number(stdout.trim()) / 1024;
}

const median = values => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

const fig = [process.execPath, join(root, 'dist/fig.cjs'), 'config', '-q'];
const compose = binary && programPath('docker') ? ['docker', 'compose', 'config', '-q'] : undefined;

try {
  const memory = readFileSync('/proc/meminfo', 'utf8').match(/MemTotal:\s*(\d+)/)?.[1];
  console.log(
    `node ${process.version}, ${cpus().length} cores (${cpus()[0]?.model}), ${Math.round(Number(memory) / 2 ** 20)} GiB, ${rounds} rounds, medians`,
  );
  if (!compose) console.log('no docker compose at hand: install the docker command and set FIG_REFERENCE to compare with it');
  let missed = 0;
  for (const [shape, { head, service }] of Object.entries(shapes)) {
    for (const count of [1, 100, 1000]) {
      const directory = join(folder, `${shape.split(' ')[0]}-${count}`);
      mkdirSync(directory);
      const services = Array.from({ length: count }, (_, index) => service(index)).join('');
      writeFileSync(join(directory, 'compose.yaml'), `${head}services:\n${services}networks:\n  back:\nvolumes:\n  data:\n`);
      const candidates = [fig, compose].filter(Boolean);
      const times = candidates.map(() => []);
      const peaks = candidates.map(() => []);
      for (let round = 0; round <= rounds; round++) {
        for (let turn = 0; turn < candidates.length; turn++) {
          const index = (round + turn) % candidates.length;
          const took = await measure(candidates[index], directory);
          if (round > 0) times[index].push(took); // the first round warms up
        }
      }
      for (let round = 0; round < 3; round++) candidates.forEach((command, index) => void peaks[index].push(peakMiB(command, directory)));
      const shown = values => values.map(value => median(value).toFixed(0)).join(' / ');
      let line = `${shape.padEnd(20)} ${String(count).padStart(5)} services   ${shown(times).padStart(12)} ms   ${shown(peaks).padStart(10)} MiB`;
      if (compose) {
        const time = median(times[0].map((took, round) => took / times[1][round]));
        const memory = median(peaks[0]) / median(peaks[1]);
        const isOver = time > (aims.time[count] ?? Number.POSITIVE_INFINITY) || memory > aims.memory;
        if (isOver) missed++;
        line += `   time ${time.toFixed(2)}   memory ${memory.toFixed(2)}${isOver ? '   over its aim' : ''}`;
      }
      console.log(line);
    }
  }
  if (compose) console.log(missed === 0 ? 'every row is within its aim' : `${missed} rows are over their aim`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
