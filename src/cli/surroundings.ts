// Surroundings: all that a command can know of the process it runs in. main.ts makes it of the real one, tests of plain values.
import type { Readable } from 'node:stream';
import type { Named, Terminal } from '../index.ts';
import type { Output } from '../view/view.ts';

/** Standard input. */
export interface Input {
  readonly stream: Readable;
  readonly isTerminal: boolean;
}

export interface Surroundings {
  /** Without the interpreter and the program. */
  readonly arguments: readonly string[];
  /** The file name that fig was started by; scripts may call it `docker-compose`. */
  readonly calledAs: string;
  /** As in package.json. */
  readonly version: string;
  /** Absolute; the way the shell came, where links were followed. */
  readonly workingDirectory: string;
  readonly environment: Named<string>;
  readonly home: string;
  readonly stdin: Input;
  readonly stdout: Output;
  readonly stderr: Output;
  /** stdin, stdout and stderr as a process in a container wants them. */
  readonly terminal: Terminal;
  /** Milliseconds since 1970. */
  now(): number;
  /** Resolves after so many milliseconds, or never once the signal has fired. Keeps the process going meanwhile. */
  after(ms: number, signal: AbortSignal): Promise<void>;
  /**
   * Calls the listener for SIGINT, SIGTERM and SIGHUP until the returned function is called. While nobody listens, each ends the process
   * with 130. `signal` is the name, `count` how many came, from 1.
   */
  onInterrupt(listener: (signal: string, count: number) => void): () => void;
  /**
   * Calls the listener for signals that mean nothing to fig but may to a program in a container (SIGQUIT, SIGUSR1, SIGUSR2, SIGALRM)
   * until the returned function is called. While nobody listens, they do what they do to any program.
   */
  onSignal(listener: (signal: string) => void): () => void;
}

/** As a plugin of the docker command, fig is called with its own name as the first argument. */
export function isPlugin({ arguments: args, environment }: Surroundings): boolean {
  return args[0] === 'compose' && environment['DOCKER_CLI_PLUGIN_ORIGINAL_CLI_COMMAND'] !== undefined;
}

/** Whether fig was called by the reference's name. */
export function isCalledDockerCompose({ calledAs }: Surroundings): boolean {
  return /^docker-compose(\.\w+)?$/.test(calledAs);
}
