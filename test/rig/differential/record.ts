// What the reference answered to cases: written once where it is at hand, compared with everywhere. One file a case, with the case's own files in
// it, so that a later generator may make other cases of the same seeds.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, normalize } from 'node:path';
import { fixedFolder, withDirectory } from '../../../scripts/recording.mjs';
import { filesIn, root } from '../sources.ts';
import type { Answer, Case } from './case.ts';
import { type Ask, environmentOf, figInProcess, layOut } from './compare.ts';
import { generate } from './generate.ts';
import { always, isUnordered } from './questions.ts';

const folder = join(root, 'fixtures/answers');
/** Compose files that say what no public project says: one or a few attributes each. */
const written = join(root, 'fixtures/attributes');

export interface RecordedAnswer {
  readonly question: readonly string[];
  readonly code: number;
  readonly lines: readonly string[];
}

export interface Recorded {
  readonly case: Case;
  readonly answers: readonly RecordedAnswer[];
}

/** Where a case lies while it is recorded and compared: the place is part of hashes and of the lengths of lines. */
export const placeOf = (one: Case) => join(fixedFolder, `answers-${one.name}`);

/**
 * A case's files at its place, for a comparison. The place cannot be one of the process's own, since hashes are made of it: what lies there as it
 * should is left alone, because another process may be reading it, and what is new comes whole.
 */
export function laidOut(one: Case): string {
  const directory = placeOf(one);
  if (isLaidOut(one, directory)) return directory;
  const own = `${directory}.${process.pid}`;
  layOut(one, own);
  // An old version of the case is in the way of nobody who has the same cases.
  rmSync(directory, { recursive: true, force: true });
  try {
    renameSync(own, directory);
  } catch (failure) {
    // Another process was first.
    if (!isLaidOut(one, directory)) throw failure;
    rmSync(own, { recursive: true });
  }
  return directory;
}

function isLaidOut(one: Case, directory: string): boolean {
  if (!existsSync(directory)) return false;
  const paths = Object.keys(one.files).map(path => normalize(path));
  if (paths.sort().join('\n') !== filesIn(directory).join('\n')) return false;
  return Object.entries(one.files).every(([path, content]) => readFileSync(join(directory, path), 'utf8') === content);
}

/** The form in which an answer is recorded. */
export function recordedForm(one: Case, question: readonly string[], { code, stdout }: Answer): RecordedAnswer {
  const lines = withDirectory(stdout, placeOf(one)).split('\n');
  return { question, code, lines: isUnordered(question) ? lines.sort() : lines };
}

export function recordedCases(): readonly Recorded[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).map(name => {
    const { files, ...rest } = JSON.parse(readFileSync(join(folder, name), 'utf8')) as Stored;
    const texts = Object.fromEntries(Object.entries(files).map(([path, lines]) => [path, lines.join('\n')]));
    return { case: { ...rest, files: texts, questions: rest.answers.map(({ question }) => question) }, answers: rest.answers };
  });
}

interface Stored extends Omit<Case, 'files' | 'questions'> {
  readonly files: Readonly<Record<string, readonly string[]>>;
  readonly answers: readonly RecordedAnswer[];
}

/** The hand-written cases. */
export function writtenCases(): readonly Case[] {
  if (!existsSync(written)) return [];
  return filesIn(written).map(path => ({
    name: path.replace(/\.yaml$/, ''),
    files: { 'compose.yaml': readFileSync(join(written, path), 'utf8') },
    args: ['--all-resources'],
    environment: { SIZE: '64m', COUNT: '3', FLAG: 'true' },
    questions: [...always, ['config', '--no-interpolate'], ['config', '--no-normalize']],
  }));
}

/** How much of the repository one case may take. */
const mostBytes = 11_000;

/** Records the hand-written cases, and of the seeds from `first` on as many as asked for that are small and always answered alike. */
export async function record(ask: Ask, first: number, count: number): Promise<number> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await Promise.all(writtenCases().map(one => write(one, ask, Number.POSITIVE_INFINITY)));
  let kept = 0;
  let seed = first;
  const work = async () => {
    while (kept < count) if (await write(generate(seed++), ask, mostBytes)) kept++;
  };
  await Promise.all(Array.from({ length: 8 }, work));
  return kept;
}

async function write(one: Case, ask: Ask, most: number): Promise<boolean> {
  const directory = placeOf(one);
  layOut(one, directory);
  const answers: RecordedAnswer[] = [];
  for (const question of one.questions) {
    const said = new Set<string>();
    for (let times = 0; times < 2; times++) {
      const answer = await ask([...one.args, ...question], directory, environmentOf(one, directory));
      said.add(JSON.stringify(recordedForm(one, question, answer)));
    }
    const [only, ...others] = said;
    if (only === undefined || others.length > 0) return false;
    const answer = JSON.parse(only) as RecordedAnswer;
    // What docs/differences.md has a row for, or any of several answers, is compared live alone.
    const fig = await figInProcess([...one.args, ...question], directory, environmentOf(one, directory));
    if (fig.code !== answer.code || question.includes('--variables')) return false;
    answers.push(answer);
  }
  // A refusal says little: one is enough.
  const told = answers.every(({ code }) => code !== 0) ? answers.slice(0, 1) : answers;
  const files = Object.fromEntries(Object.entries(one.files).map(([path, content]) => [path, content.split('\n')]));
  const stored: Stored = { name: one.name, args: one.args, environment: one.environment, files, answers: told };
  const text = `${JSON.stringify(stored, null, 1)}\n`;
  if (text.length > most) return false;
  writeFileSync(join(folder, `${one.name}.json`), text);
  return true;
}
