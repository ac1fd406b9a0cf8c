// Plugins of the docker command, and other programs that fig asks: where they are, and how they are run to their end.
import { spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { turnVariable } from '../model/identity.ts';
import { type Named, named } from '../model/named.ts';
import type { Project } from '../model/project.ts';
import { onAbort } from './interrupt.ts';

/** The path of `docker-NAME` in the first of the folders that has it; undefined where none has. */
export async function findPlugin(name: string, directories: readonly string[]): Promise<string | undefined> {
  return firstProgram(directories.map(directory => join(directory, `docker-${name}`)));
}

/** The path of a program on the PATH; a name with a slash is a path itself. */
export async function findOnPath(name: string, path: string): Promise<string | undefined> {
  return firstProgram(name.includes('/') ? [name] : path.split(':').map(directory => join(directory || '.', name)));
}

async function firstProgram(candidates: readonly string[]): Promise<string | undefined> {
  for (const candidate of candidates) {
    const usable = await Promise.all([access(candidate, constants.X_OK), stat(candidate)]).then(
      ([, found]) => found.isFile(),
      () => false,
    );
    if (usable) return candidate;
  }
  return undefined;
}

/**
 * The environment of a plugin: the project's, without the mark by which a plugin knows that the docker command runs it, and with the one
 * by which a fig that it calls knows that it is part of this one's turn.
 */
export function pluginEnvironment({ name: project, environment }: Pick<Project, 'name' | 'environment'>): Named<string> {
  const own = Object.entries(environment).filter(([name]) => name !== 'DOCKER_CLI_PLUGIN_ORIGINAL_CLI_COMMAND');
  return named([...own, [turnVariable, project]]);
}

export interface Ended {
  /** null: a signal ended it. */
  readonly code: number | null;
  /** The end of what it printed there, at most 64 KiB. */
  readonly stderr: string;
}

/** More than this of an answer is not kept; it is then no JSON any more. */
const longestAnswer = 64 * 1024 * 1024;

/** Runs a program to its end, and keeps what it prints on stdout as its answer. */
export async function askProgram(
  program: string,
  args: readonly string[],
  environment: Named<string>,
  signal: AbortSignal,
): Promise<Ended & { readonly stdout: string }> {
  const pieces: Buffer[] = [];
  let size = 0;
  const ended = await runProgram(program, args, environment, signal, piece => {
    if (size < longestAnswer) pieces.push(piece);
    size += piece.length;
  });
  return { ...ended, stdout: Buffer.concat(pieces).toString('utf8') };
}

/**
 * Runs a program until it has ended and its stdout too; it is always waited for, but what it leaves running behind is not, so long as that is
 * kept away from stdout. `onOutput` is told each piece of stdout. An abort ends it with SIGTERM.
 */
export async function runProgram(
  program: string,
  args: readonly string[],
  environment: Named<string>,
  signal: AbortSignal,
  onOutput: (piece: Buffer) => void = () => undefined,
): Promise<Ended> {
  const child = spawn(program, args, { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  const forget = onAbort(signal, () => void child.kill('SIGTERM'));
  let stderr = '';
  child.stdout.on('data', onOutput);
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-64 * 1024);
  });
  const exited = new Promise<number | null>((done, refuse) => {
    child.on('error', refuse);
    child.on('exit', done);
  });
  const silent = new Promise<void>(done => child.stdout.on('close', done));
  const [code] = await Promise.all([exited, silent]).finally(forget);
  // What it printed before its end waits in the pipe: a whole turn of the event loop reads it, and this one may be past its reading.
  await setImmediate();
  await setImmediate();
  child.stderr.destroy();
  if (signal.aborted) throw signal.reason;
  return { code, stderr };
}

/** How a program ended, in the reference's words: `exit status 3`. */
export function endingOf({ code }: Ended): string {
  return code === null ? 'signal: terminated' : `exit status ${code}`;
}
