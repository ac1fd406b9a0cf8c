// The process: arguments in, exit code out. The only file that touches `process`.
import { readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename } from 'node:path';
import type { Writable } from 'node:stream';
import { runCli } from './cli/cli.ts';
import type { Surroundings } from './cli/surroundings.ts';
import type { Terminal } from './index.ts';
import type { Output } from './view/view.ts';

/** The version of package.json; the build puts it in. */
declare const FIG_VERSION: string | undefined;

/** What a shell reports of a program that a signal ended: 128 and the signal's number. */
const brokenPipeExit = 141;
const interruptedExit = 130;

type Stream = Writable & { isTTY?: boolean; columns?: number; rows?: number };

/** An output of the process. Node makes its streams when they are first asked for, which takes longer than a short command does without. */
function createOutput(open: () => Stream): Output {
  let stream: Stream | undefined;
  const opened = () => {
    stream ??= open();
    return stream;
  };
  return {
    write: text => void opened().write(text),
    drained: () => new Promise(resolve => void (!stream || stream.destroyed ? resolve() : stream.write('', () => resolve()))),
    get isTerminal() {
      return opened().isTTY === true;
    },
    get columns() {
      // A terminal that was never told its size says 0.
      return opened().columns || 80;
    },
    get rows() {
      return opened().rows || 24;
    },
  };
}

/** The way the shell came here, where $PWD is true: a project may be named after a link. */
function workingDirectory(): string {
  const actual = process.cwd();
  const claimed = process.env['PWD'];
  if (!claimed?.startsWith('/') || claimed === actual) return actual;
  const [a, b] = [statSync(claimed, { throwIfNoEntry: false }), statSync(actual, { throwIfNoEntry: false })];
  return a && b && a.dev === b.dev && a.ino === b.ino ? claimed : actual;
}

/** Unbuilt, the version is read where it stands. */
function version(): string {
  if (typeof FIG_VERSION === 'string') return FIG_VERSION;
  return (JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }).version;
}

type InterruptListener = (signal: string, count: number) => void;

const interruptListeners = new Set<InterruptListener>();
let interrupts = 0;

function watchInterrupts(): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      interrupts++;
      // Nobody listens, or nobody obeys: the user has the last word.
      if (interruptListeners.size === 0 || interrupts > 2) leave(interruptedExit);
      for (const listener of interruptListeners) listener(signal, interrupts);
    });
  }
}

/** For the process of a one-off. Were there no listener, Node would answer SIGUSR1 by opening its debugger. */
const passedOn = ['SIGQUIT', 'SIGUSR1', 'SIGUSR2', 'SIGALRM'] as const;

/** The user's terminal, for a process in a container. */
const terminal: Terminal = {
  get stdin() {
    return process.stdin;
  },
  get stdout() {
    return openStdout();
  },
  get stderr() {
    return openStderr();
  },
  get isTerminal() {
    return process.stdin.isTTY === true && process.stdout.isTTY === true;
  },
  size: () => (process.stdout.isTTY ? { rows: process.stdout.rows, columns: process.stdout.columns } : undefined),
  onResize(changed) {
    process.stdout.on('resize', changed);
    return () => void process.stdout.off('resize', changed);
  },
  setRaw(raw) {
    if (process.stdin.isTTY) process.stdin.setRawMode(raw);
  },
};

/** The terminal as it was: no raw mode, and a cursor that shows. */
function restoreTerminal(): void {
  if (process.stdin.isTTY && process.stdin.isRaw) process.stdin.setRawMode(false);
  if (process.stderr.isTTY) process.stderr.write('\u001b[?25h');
}

function leave(code: number): never {
  restoreTerminal();
  process.exit(code);
}

let isStdoutOpen = false;
let isStderrOpen = false;

/** Standard output. A reader that went away (`fig logs | head`) is no error: nobody is left to read one. */
function openStdout(): typeof process.stdout {
  if (!isStdoutOpen) {
    isStdoutOpen = true;
    process.stdout.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') leave(brokenPipeExit);
      throw error;
    });
  }
  return process.stdout;
}

function openStderr(): typeof process.stderr {
  if (!isStderrOpen) {
    isStderrOpen = true;
    process.stderr.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
  return process.stderr;
}

function surroundings(): Surroundings {
  return {
    arguments: process.argv.slice(2),
    calledAs: basename(process.argv[1] ?? 'fig'),
    version: version(),
    workingDirectory: workingDirectory(),
    environment: Object.assign(Object.create(null), process.env) as Record<string, string>,
    home: homedir(),
    stdin: {
      get stream() {
        return process.stdin;
      },
      get isTerminal() {
        return process.stdin.isTTY === true;
      },
    },
    stdout: createOutput(openStdout),
    stderr: createOutput(openStderr),
    terminal,
    now: () => Date.now(),
    after: (ms, signal) =>
      new Promise(resolve => {
        const timer = setTimeout(resolve, ms);
        signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
      }),
    onInterrupt(listener) {
      interruptListeners.add(listener);
      return () => void interruptListeners.delete(listener);
    },
    onSignal(listener) {
      for (const signal of passedOn) process.on(signal, listener);
      return () => {
        for (const signal of passedOn) process.off(signal, listener);
      };
    },
  };
}

/** What a bug looks like to a user: what to send, and where. */
function reportBug(error: unknown): void {
  restoreTerminal();
  const told = error instanceof Error ? (error.stack ?? error.message) : String(error);
  openStderr().write(`fig ${version()} met a bug in itself. Please report it with the command, the Compose file and this:\n${told}\n`);
}

async function main(): Promise<void> {
  watchInterrupts();
  const around = surroundings();
  let code = 1;
  try {
    code = await runCli(around);
  } catch (error) {
    reportBug(error);
  }
  await Promise.all([around.stdout.drained(), around.stderr.drained()]);
  process.exit(code);
}

process.on('uncaughtException', error => {
  reportBug(error);
  process.exitCode = 1;
  openStderr().write('', () => process.exit(1));
});

void main();
