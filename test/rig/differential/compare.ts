// A case → its differences: both programs asked the same, in the same folder.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { run } from '../process.ts';
import type { Answer, Case } from './case.ts';
import { figAnswer } from './in-process.ts';
import { isUnordered } from './questions.ts';
import { rowFor } from './registered.ts';

export interface Difference {
  readonly question: readonly string[];
  readonly kind: 'fig refuses' | 'fig accepts' | 'output' | 'fig breaks';
  readonly reference: Answer;
  readonly fig: Answer;
}

export type Ask = (args: readonly string[], directory: string, environment: Readonly<Record<string, string>>) => Promise<Answer>;

export interface Programs {
  readonly reference: Ask;
  readonly fig: Ask;
}

const nowhere = { PATH: '/usr/bin:/bin', DOCKER_HOST: 'unix:///nonexistent/docker.sock' };

/** A program of the disk. */
export const program =
  (path: string, ...first: readonly string[]): Ask =>
  (args, directory, environment) =>
    run(path, [...first, ...args], { cwd: directory, env: environment, timeoutMs: 60_000 });

/** fig in this process; a bug in it is an answer too. */
export const figInProcess: Ask = async (args, directory, environment) => {
  try {
    return await figAnswer(args, directory, environment);
  } catch (bug) {
    return { code: -1, stdout: '', stderr: (bug as Error).stack ?? String(bug) };
  }
};

export const environmentOf = (one: Case, directory: string) => ({ ...nowhere, HOME: join(dirname(directory), 'home'), ...one.environment });

/** Lays the files of a case out in an empty folder. */
export function layOut(one: Case, directory: string): void {
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  for (const [path, content] of Object.entries(one.files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), content);
  }
}

export interface Asking {
  readonly questions: readonly (readonly string[])[];
  /** How often the reference is asked again before its answer counts as the one it always gives. */
  readonly repetitions: number;
}

/** Of several defaults of one variable, the reference tells any. */
const isRandom = (question: readonly string[]) => question.includes('--variables');

const comparable = (question: readonly string[], { stdout }: Answer) =>
  isUnordered(question) ? stdout.split('\n').sort().join('\n') : stdout;

function differ(question: readonly string[], reference: Answer, fig: Answer): Difference['kind'] | undefined {
  if (fig.code === -1) return 'fig breaks';
  if (reference.code === 0 && fig.code !== 0) return 'fig refuses';
  if (reference.code !== 0 && fig.code === 0) return 'fig accepts';
  if (reference.code !== fig.code && reference.code !== 2) return 'output';
  return comparable(question, reference) === comparable(question, fig) ? undefined : 'output';
}

/** Everything in which fig's answers to a case differ and no row of docs/differences.md says why. The folder must be laid out. */
export async function differences(
  one: Case,
  directory: string,
  programs: Programs,
  { questions, repetitions }: Asking = { questions: one.questions, repetitions: 6 },
): Promise<{ found: Difference[]; rows: string[] }> {
  const environment = environmentOf(one, directory);
  const files = Object.values(one.files).join('\n');
  const found: Difference[] = [];
  const rows: string[] = [];
  for (const question of questions) {
    const args = [...one.args, ...question];
    const reference = await programs.reference(args, directory, environment);
    const fig = await programs.fig(args, directory, environment);
    const kind = differ(question, reference, fig);
    if (kind === undefined) continue;
    const row = rowFor(reference, fig, files, question);
    if (row !== undefined) rows.push(row);
    else if (
      !(await agreesLater(isRandom(question) ? repetitions * 6 : repetitions, question, fig, () =>
        programs.reference(args, directory, environment),
      ))
    )
      found.push({ question, kind, reference, fig });
  }
  return { found, rows };
}

/** The reference does not always say the same: fig agrees if it says what the reference says at another time. */
async function agreesLater(repetitions: number, question: readonly string[], fig: Answer, ask: () => Promise<Answer>): Promise<boolean> {
  for (let count = 0; count < repetitions; count++) if (differ(question, await ask(), fig) === undefined) return true;
  return false;
}
