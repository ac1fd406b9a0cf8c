// A project on disk for one test: files in a folder named for the test, fig run there as a process, leftovers removed afterwards.
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, onTestFinished } from 'vitest';
import { type Daemon, daemonAt } from './daemon.ts';
import { type Result, type Running, type RunOptions, run, start } from './process.ts';
import { reference } from './reference.ts';

export type { Result, Running } from './process.ts';

/** The built command; FIG_PATH names another build to test. */
export const figPath = process.env['FIG_PATH'] ?? new URL('../../dist/fig.cjs', import.meta.url).pathname;

export interface CommandOptions {
  /** Added to the clean environment of the project; undefined takes a variable out. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Relative to the project's folder. */
  readonly cwd?: string;
  readonly stdin?: string;
  readonly timeoutMs?: number;
}

export interface TestProject {
  /** The project's name: the folder's name, and so what fig and the reference derive. */
  readonly name: string;
  readonly directory: string;
  readonly daemon: Daemon;
  write(path: string, text: string): void;
  remove(path: string): void;
  /** Runs `fig ARGS` to its end. */
  fig(...args: readonly string[]): Promise<Result>;
  /** The same with options, or with another engine address in `env.DOCKER_HOST`. */
  figWith(options: CommandOptions, ...args: readonly string[]): Promise<Result>;
  /** Runs `fig ARGS` and fails, with what it printed, unless it ends with 0. */
  figOk(...args: readonly string[]): Promise<Result>;
  /** Starts `fig ARGS` and hands it over while it runs; it is killed when the test ends. */
  figStart(options: CommandOptions, ...args: readonly string[]): Running;
  reference(...args: readonly string[]): Promise<Result>;
  referenceWith(options: CommandOptions, ...args: readonly string[]): Promise<Result>;
  referenceOk(...args: readonly string[]): Promise<Result>;
  /** The clean environment that commands get. */
  environment(options?: CommandOptions): Record<string, string>;
  /** service-number → container id, one-offs left out. */
  ids(): Promise<Record<string, string>>;
}

export interface ProjectOptions {
  /** Removed when the test (default) or the file's tests are over. */
  readonly until?: 'test' | 'file';
  /** Variables that every command of the project gets. */
  readonly env?: Readonly<Record<string, string>>;
  /** Names of further projects that the test makes and that are to be swept too. */
  readonly alsoSweep?: readonly string[];
  /** false: for tests that need no engine; nothing is swept. */
  readonly engine?: boolean;
}

/** A port of the loopback address that nothing listens on at this moment. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const where = probe.address();
      probe.close(() => (typeof where === 'object' && where ? resolve(where.port) : reject(new Error('no port'))));
    });
  });
}

/** `keeps the volume when its service is removed` → `keeps-the-volume-when` : short enough for a name of the engine. */
function slug(text: string): string {
  const words = text.toLowerCase().match(/[a-z0-9]+/g) ?? ['test'];
  let name = '';
  for (const word of words) {
    if (name.length + word.length > 28) break;
    name += name === '' ? word : `-${word}`;
  }
  return name || (words[0] ?? 'test').slice(0, 28);
}

/**
 * Makes a project from files (path → text). The folder lies in a fresh temporary folder and is named for the running test;
 * afterwards every container, network and volume that carries the project's label is removed.
 */
export function createProject(files: Readonly<Record<string, string>>, options: ProjectOptions = {}): TestProject {
  const parent = mkdtempSync(join(tmpdir(), 'fig-test-'));
  const testName = expect.getState().currentTestName?.split(' > ').at(-1) ?? 'suite';
  const name = `${slug(testName)}-${randomBytes(3).toString('hex')}`;
  const directory = join(parent, name);
  const home = join(parent, 'home');
  mkdirSync(directory);
  mkdirSync(home);
  const started: Running[] = [];
  const daemon = options.engine === false ? undefined : daemonAt();

  const write = (path: string, text: string) => {
    const target = join(directory, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, text);
  };
  for (const [path, text] of Object.entries(files)) write(path, text);

  const environment = ({ env = {} }: CommandOptions = {}): Record<string, string> => {
    const all: Record<string, string | undefined> = {
      PATH: process.env['PATH'],
      HOME: home,
      LANG: 'C.UTF-8',
      DOCKER_CONFIG: join(home, '.docker'),
      DOCKER_HOST: daemon?.host ?? `unix://${join(parent, 'no-engine.sock')}`,
      ...options.env,
      ...env,
    };
    return Object.fromEntries(Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined));
  };
  const runOptions = (given: CommandOptions): RunOptions => ({
    cwd: join(directory, given.cwd ?? '.'),
    env: environment(given),
    ...(given.stdin === undefined ? {} : { stdin: given.stdin }),
    ...(given.timeoutMs === undefined ? {} : { timeoutMs: given.timeoutMs }),
  });
  const figArguments = (args: readonly string[]) => {
    if (!existsSync(figPath)) throw new Error('dist/fig.cjs is not there: run `npm run build` first');
    // As the command's own first line does: Node would take `--env-file` for its own.
    return ['--', figPath, ...args];
  };
  const good = (result: Result, what: string, args: readonly string[]) => {
    if (result.code === 0) return result;
    throw new Error(`${what} ${args.join(' ')} ended with ${result.code}\nstdout: ${result.stdout}\nstderr: ${result.stderr}`);
  };

  const cleanUp = async () => {
    for (const one of started) one.kill('SIGKILL');
    for (const project of daemon ? [name, ...(options.alsoSweep ?? [])] : []) await daemon?.sweep(project);
    rmSync(parent, { recursive: true, force: true });
  };
  if (options.until === 'file') afterAll(cleanUp);
  else onTestFinished(cleanUp);

  const project: TestProject = {
    name,
    directory,
    get daemon() {
      if (!daemon) throw new Error('this project was made without an engine');
      return daemon;
    },
    write,
    remove: path => rmSync(join(directory, path), { recursive: true, force: true }),
    fig: (...args) => project.figWith({}, ...args),
    figWith: (given, ...args) => run(process.execPath, figArguments(args), runOptions(given)),
    figOk: async (...args) => good(await project.fig(...args), 'fig', args),
    figStart(given, ...args) {
      const running = start(process.execPath, figArguments(args), runOptions(given));
      started.push(running);
      return running;
    },
    reference: (...args) => project.referenceWith({}, ...args),
    referenceWith: (given, ...args) => reference(args, runOptions(given)),
    referenceOk: async (...args) => good(await project.reference(...args), 'the reference', args),
    environment,
    async ids() {
      const containers = (await project.daemon.containers(name)).filter(one => one.labels['com.docker.compose.oneoff'] !== 'True');
      return Object.fromEntries(containers.map(one => [`${one.service}-${one.labels['com.docker.compose.container-number']}`, one.id]));
    },
  };
  return project;
}
