// `npm run record`: writes what the reference answers for fixtures/projects into fixtures/recorded, for machines that do not have it.
// usage: record.mjs [PROJECT…]      FIG_REFERENCE names the reference's binary; containers are inspected on FIG_TEST_HOST, else on a private engine.
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { callEngine, importBusybox, startPrivateEngine } from './engine.mjs';
import { answerCommands, comparable, comparableBodies, fixedFolder, recordedLines, withDirectory } from './recording.mjs';
import { startStubEngine } from './stub-engine.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
const reference = process.env.FIG_REFERENCE ?? join(cache, 'fig-reference/v5.5.1/docker-compose');
if (!existsSync(reference)) throw new Error(`no reference at ${reference}: set FIG_REFERENCE`);

const projects = join(root, 'fixtures/projects');
const names = process.argv.length > 2 ? process.argv.slice(2) : readdirSync(projects);
const engine = process.env.FIG_TEST_HOST ? undefined : await startPrivateEngine();
const host = process.env.FIG_TEST_HOST ?? engine.host;

try {
  if (engine) await importBusybox(host);
  for (const name of names) {
    const directory = join(fixedFolder, name);
    rmSync(directory, { recursive: true, force: true });
    cpSync(join(projects, name), directory, { recursive: true });
    const {
      args = [],
      env = {},
      create = true,
      bodies = false,
    } = existsSync(join(directory, 'case.json')) ? JSON.parse(readFileSync(join(directory, 'case.json'), 'utf8')) : {};
    const environment = { PATH: '/usr/bin:/bin', HOME: join(fixedFolder, 'home'), DOCKER_HOST: host, ...env };
    const run = (...more) => {
      const result = spawnSync(reference, [...args, ...more], { cwd: directory, encoding: 'utf8', env: environment });
      return { code: result.status, stdout: withDirectory(result.stdout, directory), stderr: withDirectory(result.stderr, directory) };
    };

    const target = join(root, 'fixtures/recorded', name);
    rmSync(target, { recursive: true, force: true });
    mkdirSync(target, { recursive: true });
    const answers = {};
    for (const command of answerCommands) {
      const { code, stdout, stderr } = run('config', ...command);
      if (code !== 0) console.error(`${name}: config ${command.join(' ')}: ${code} ${stderr.trim().split('\n')[0]}`);
      const asked = `config ${command.join(' ')}`.trim();
      answers[asked] = { code, stdout: recordedLines(asked, stdout) };
    }
    const write = (file, command) => {
      writeFileSync(join(target, file), answers[command].stdout.join('\n'));
      answers[command] = { code: answers[command].code, file };
    };
    write('config.yaml', 'config');
    write('config.json', 'config --format json');
    writeFileSync(join(target, 'answers.json'), `${JSON.stringify(answers, null, 2)}\n`);

    if (create) {
      const made = run('create');
      if (made.code !== 0) console.error(`${name}: create: ${made.stderr}`);
      const inspected = await comparable(
        path => callEngine(host, 'GET', path).then(({ text }) => JSON.parse(text)),
        nameOf(run),
        directory,
      );
      writeFileSync(join(target, 'inspect.json'), `${JSON.stringify(inspected, null, 2)}\n`);
      run('down', '-v', '--timeout', '0');
    }
    if (bodies) {
      const stub = await startStubEngine();
      // Not spawnSync: the stub answers from this very process.
      const child = spawn(reference, [...args, 'create'], {
        cwd: directory,
        env: { ...environment, DOCKER_HOST: stub.host },
        stdio: ['ignore', 'ignore', 'inherit'],
      });
      await new Promise(resolve => child.on('close', resolve));
      await stub.stop();
      writeFileSync(join(target, 'bodies.json'), `${JSON.stringify(comparableBodies(stub.made, directory), null, 2)}\n`);
    }
    console.error(`${name}: recorded`);
  }
} finally {
  await engine?.stop();
}

function nameOf(run) {
  return JSON.parse(run('config', '--format', 'json').stdout).name;
}
