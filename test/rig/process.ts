// Running a program as a user would: arguments, environment, a folder; what it printed and how it ended.
import { type ChildProcess, spawn } from 'node:child_process';

export interface Result {
  /** The exit code; 128 + the signal's number where a signal ended it, as a shell reports it. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Text for standard input; without it, standard input is empty. */
  readonly stdin?: string;
  /** Leaves standard input open, for what is typed later. */
  readonly keepInput?: boolean;
  /** After this it is killed and the run fails. */
  readonly timeoutMs?: number;
}

/** A program that runs. */
export interface Running {
  readonly process: ChildProcess;
  readonly stdout: string;
  readonly stderr: string;
  readonly done: Promise<Result>;
  kill(signal: NodeJS.Signals): void;
  /** Resolves once stdout or stderr holds the text; fails when the program ends before. */
  prints(text: string | RegExp): Promise<void>;
}

const signalNumbers: Partial<Record<NodeJS.Signals, number>> = { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGPIPE: 13, SIGTERM: 15 };

/** Starts a program and hands it over while it runs. */
export function start(program: string, args: readonly string[], options: RunOptions): Running {
  const child = spawn(program, args, { cwd: options.cwd, env: options.env, stdio: ['pipe', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  let ended = false;
  const waiting = new Set<() => void>();
  const wake = () => {
    for (const look of [...waiting]) look();
  };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    wake();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    wake();
  });
  child.stdin.on('error', () => undefined); // a program need not read what it is given
  if (options.keepInput) child.stdin.write(options.stdin ?? '');
  else child.stdin.end(options.stdin ?? '');

  const limitMs = options.timeoutMs ?? 120_000;
  const done = new Promise<Result>((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`${[program, ...args].join(' ')} did not end within ${limitMs} ms\nstdout: ${stdout}\nstderr: ${stderr}`));
    }, limitMs);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      ended = true;
      resolve({ code: code ?? 128 + (signal ? (signalNumbers[signal] ?? 0) : 0), stdout, stderr });
      wake();
    });
  });
  done.catch(() => undefined); // reported where it is awaited

  return {
    process: child,
    get stdout() {
      return stdout;
    },
    get stderr() {
      return stderr;
    },
    done,
    kill: signal => void child.kill(signal),
    prints: wanted =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = [stdout, stderr].some(text => (typeof wanted === 'string' ? text.includes(wanted) : wanted.test(text)));
          if (!found && !ended) return;
          waiting.delete(look);
          if (found) resolve();
          else reject(new Error(`ended without printing ${wanted}\nstdout: ${stdout}\nstderr: ${stderr}`));
        };
        waiting.add(look);
        look();
      }),
  };
}

/** Runs a program to its end. */
export const run = (program: string, args: readonly string[], options: RunOptions): Promise<Result> => start(program, args, options).done;
