// fixtures/projects with the reference's recorded answers, laid out at the place where they were recorded.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fixedFolder, recordedLines, withDirectory } from '../../scripts/recording.mjs';
import type { Result, RunOptions } from './process.ts';
import { root } from './sources.ts';

export interface Answer {
  readonly code: number;
  readonly lines: readonly string[];
}

export interface RecordedProject {
  readonly name: string;
  readonly directory: string;
  /** Arguments that come first, before the command. */
  readonly args: readonly string[];
  /** `config --hash *` → what the reference said. */
  readonly answers: Readonly<Record<string, Answer>>;
  /** Containers, networks and volumes after `create`, or undefined where that was not recorded. */
  readonly inspected: unknown;
  /** The bodies of the calls by which `create` makes things on a newer engine, or undefined where that was not recorded. */
  readonly bodies: unknown;
  options(host: string): RunOptions;
  /** An answer in the form in which it is recorded. */
  answer(command: string, result: Result): Answer;
}

const recordings = join(root, 'fixtures/recorded');

/** All recorded projects; their files are (again) at the place that is part of their hashes. */
export function recordedProjects(): readonly RecordedProject[] {
  return readdirSync(recordings).map(name => {
    const directory = join(fixedFolder, name);
    mkdirSync(directory, { recursive: true });
    cpSync(join(root, 'fixtures/projects', name), directory, { recursive: true });
    const { args = [], env = {} } = readJson(join(directory, 'case.json')) ?? {};
    const raw: Record<string, { code: number; stdout?: string[]; file?: string }> = readJson(join(recordings, name, 'answers.json'));
    const answers = Object.fromEntries(
      Object.entries(raw).map(([command, { code, stdout, file }]) => [
        command,
        { code, lines: stdout ?? readFileSync(join(recordings, name, file ?? ''), 'utf8').split('\n') },
      ]),
    );
    return {
      name,
      directory,
      args,
      answers,
      inspected: readJson(join(recordings, name, 'inspect.json')),
      bodies: readJson(join(recordings, name, 'bodies.json')),
      options: host => ({ cwd: directory, env: { PATH: '/usr/bin:/bin', HOME: join(fixedFolder, 'home'), DOCKER_HOST: host, ...env } }),
      answer: (command, { code, stdout }) => ({ code, lines: recordedLines(command, withDirectory(stdout, directory)) }),
    };
  });
}

function readJson(path: string) {
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
}
