// mend: applies what the diagnostics of a check surely know to be right, in memory. A mend that brings a new mistake, or changes what a
// project means that could be loaded before, is left out. rewrite.ts writes the outcome.
import type { LoadRequest } from '../../compose/request.ts';
import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import { applyEdits, compatible, type Edit, type Mend } from '../../diagnostics/mend.ts';
import { composeYaml } from '../../exporters/compose.ts';
import { named } from '../../model/named.ts';
import type { SourceFile } from '../../source/file.ts';
import { remembering, type SourceReader } from '../../source/reader.ts';
import { spanPosition } from '../../source/span.ts';
import { type Checked, examineProject } from './examine.ts';

/** A file as it was, and its text with all mends. */
export interface MendedFile {
  readonly before: SourceFile;
  readonly text: string;
}

export interface Mended {
  /** What the check says of the files as they were. */
  readonly found: Checked;
  /** What it says of them with their mends. */
  readonly left: Checked;
  readonly files: readonly MendedFile[];
  /** How many mends were applied. */
  readonly count: number;
}

/** One mend may make way for the next, such as quotes around a name that is then found to be misspelt; more rounds than this are none. */
const mostRounds = 10;

/** Checks a project, and mends its files in memory. Files that were not read from the disk stay as they are. */
export async function mendInMemory(request: LoadRequest, reader: SourceReader): Promise<Mended> {
  const texts = new Map<string, string>();
  const originals = new Map<string, SourceFile>();
  const once = remembering(reader);
  const check = (changed: ReadonlyMap<string, string>) =>
    examineProject(request, { ...once, read: async path => changed.get(path) ?? once.read(path) });
  const found = await check(texts);
  let left = found;
  let count = 0;
  for (let round = 0; round < mostRounds; round++) {
    const accepted = await accept(left, texts, check);
    if (!accepted) break;
    for (const { span } of accepted.mends.flat()) if (!originals.has(span.file.path)) originals.set(span.file.path, span.file);
    for (const [path, text] of accepted.texts) texts.set(path, text);
    left = accepted.checked;
    count += accepted.mends.length;
  }
  const files = [...texts].map(([path, text]) => ({ before: originals.get(path)!, text }));
  return { found, left, files: files.filter(({ before, text }) => before.text !== text), count };
}

interface Accepted {
  readonly mends: readonly Mend[];
  readonly texts: ReadonlyMap<string, string>;
  readonly checked: Checked;
}

/** The mends of one round: all at once where that is good, else each that is good by itself. undefined where there is none. */
async function accept(
  before: Checked,
  texts: ReadonlyMap<string, string>,
  check: (changed: ReadonlyMap<string, string>) => Promise<Checked>,
): Promise<Accepted | undefined> {
  const attempt = async (mends: readonly Mend[]): Promise<Accepted | undefined> => {
    const changed = withMends(texts, mends);
    const checked = await check(changed);
    return isBetter(before, checked, mends) ? { mends, texts: changed, checked } : undefined;
  };
  const mends = compatible(before.diagnostics.filter(one => isWanted(one, before)).flatMap(({ mend }) => (mend ? [mend] : [])));
  if (mends.length === 0) return undefined;
  const all = await attempt(mends);
  if (all || mends.length === 1) return all;
  const good: Mend[] = [];
  for (const mend of mends) if (await attempt([...good, mend])) good.push(mend);
  return good.length > 0 ? attempt(good) : undefined;
}

/** Warnings are mended once the project can be loaded, since only then it shows that its meaning stays. */
function isWanted({ severity, mend }: Diagnostic, { loaded }: Checked): boolean {
  return mend !== undefined && (loaded.ok || severity === 'error') && mend.every(({ span }) => span.file.path.startsWith('/'));
}

function withMends(texts: ReadonlyMap<string, string>, mends: readonly Mend[]): ReadonlyMap<string, string> {
  const changed = new Map(texts);
  const edits = mends.flat();
  for (const { file } of edits.map(({ span }) => span)) {
    const own = edits.filter(({ span }) => span.file.path === file.path);
    changed.set(file.path, applyEdits(file.text, own));
  }
  return changed;
}

/**
 * Something is gone, and nothing came in its place: what could be loaded before still means the same; and else no error is new on a line that
 * was changed. New ones elsewhere were hidden by those that are gone.
 */
function isBetter(before: Checked, after: Checked, mends: readonly Mend[]): boolean {
  if (before.loaded.ok) return after.diagnostics.length < before.diagnostics.length && meaning(before) === meaning(after);
  const known = new Set(before.diagnostics.map(identity));
  const errors = (checked: Checked) => checked.diagnostics.filter(({ severity }) => severity === 'error');
  const left = errors(after).filter(one => known.has(identity(one)));
  const changed = changedLines(mends.flat());
  const isCaused = ({ span }: Diagnostic) => span === undefined || changed.has(`${span.file.path}:${spanPosition(span).line}`);
  return left.length < errors(before).length && !errors(after).some(one => !known.has(identity(one)) && isCaused(one));
}

const identity = ({ code, severity, message }: Diagnostic) => `${severity}|${code}|${message}`;

/** `path:line` of each line of the new texts that an edit touched. */
function changedLines(edits: readonly Edit[]): ReadonlySet<string> {
  const lines = new Set<string>();
  const shifts = new Map<string, number>();
  for (const { span, text } of edits.toSorted((a, b) => a.span.start - b.span.start)) {
    const { path } = span.file;
    const shift = shifts.get(path) ?? 0;
    const first = spanPosition(span).line + shift;
    const added = text.split('\n').length - 1;
    for (let line = first; line <= first + added; line++) lines.add(`${path}:${line}`);
    const removed = span.file.text.slice(span.start, span.end).split('\n').length - 1;
    shifts.set(path, shift + added - removed);
  }
  return lines;
}

/** All that the project says, of all profiles. */
function meaning({ loaded }: Checked): string | undefined {
  if (!loaded.ok) return undefined;
  const { services, disabledServices } = loaded.project;
  return composeYaml({ ...loaded.project, services: named([...Object.entries(services), ...Object.entries(disabledServices)]) });
}
