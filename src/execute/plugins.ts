// Plugins of the docker command, and other programs that fig asks: where they are, and how they are run to their end.
import { spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { join } from 'node:path';
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
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end; it is always waited for. `onLine` is told each line of its output. An abort ends it with SIGTERM. */
export async function runProgram(
  program: string,
  args: readonly string[],
  environment: Named<string>,
  signal: AbortSignal,
  onLine: (line: string) => void = () => undefined,
): Promise<Ended> {
  const child = spawn(program, args, { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  const forget = onAbort(signal, () => void child.kill('SIGTERM'));
  let stdout = '';
  let stderr = '';
  let told = 0;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    for (let end = stdout.indexOf('\n', told); end !== -1; end = stdout.indexOf('\n', told)) {
      onLine(stdout.slice(told, end));
      told = end + 1;
    }
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-64 * 1024);
  });
  const code = await new Promise<number | null>((done, refuse) => {
    child.on('error', refuse);
    child.on('close', done);
  }).finally(forget);
  if (signal.aborted) throw signal.reason;
  if (told < stdout.length) onLine(stdout.slice(told));
  return { code, stdout, stderr };
}

/** How a program ended, in the reference's words: `exit status 3`. */
export function endingOf({ code }: Ended): string {
  return code === null ? 'signal: terminated' : `exit status ${code}`;
}
