// mend: applies what the diagnostics of a check surely know to be right, in memory. A mend that brings a new mistake, or changes what a
// project means that could be loaded before, is left out. rewrite.ts writes the outcome.
import type { LoadRequest } from '../../compose/request.ts';
import type { Code } from '../../diagnostics/codes.ts';
import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import { applyEdits, compatible, type Edit, type Mend } from '../../diagnostics/mend.ts';
import { composeYaml } from '../../exporters/compose.ts';
import { named } from '../../model/named.ts';
import { positionAt, type SourceFile } from '../../source/file.ts';
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
  /** How many of them mend what shows only once others are applied: `found` says nothing of it. */
  readonly revealed: number;
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
  const told = new Set(found.diagnostics.map(identity));
  let [count, revealed] = [0, 0];
  for (let round = 0; round < mostRounds; round++) {
    const accepted = await accept(left, texts, check);
    if (!accepted) break;
    for (const { span } of accepted.mends.flat()) if (!originals.has(span.file.path)) originals.set(span.file.path, span.file);
    for (const [path, text] of accepted.texts) texts.set(path, text);
    const mended = left.diagnostics.filter(({ mend }) => mend && accepted.mends.includes(mend));
    revealed += mended.filter(one => !told.has(identity(one))).length;
    left = accepted.checked;
    count += accepted.mends.length;
  }
  const files = [...texts].map(([path, text]) => ({ before: originals.get(path)!, text }));
  return { found, left, files: files.filter(({ before, text }) => before.text !== text), count, revealed };
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

/** Warnings whose mends say the same in the form of today, and can be made while errors hide what the project means. */
const formal: ReadonlySet<Code> = new Set(['schema.obsolete-version', 'schema.old-external', 'interpolation.yaml11-boolean']);

/** Other warnings are mended once the project can be loaded, since only then it shows that its meaning stays. */
function isWanted({ code, severity, mend }: Diagnostic, { loaded }: Checked): boolean {
  const isSafe = loaded.ok || severity === 'error' || formal.has(code);
  return mend !== undefined && isSafe && mend.every(({ span }) => span.file.path.startsWith('/'));
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
 * was changed. New ones elsewhere were hidden by those that are gone, and so were those in the value of a key that is mended.
 */
function isBetter(before: Checked, after: Checked, mends: readonly Mend[]): boolean {
  if (before.loaded.ok) return after.diagnostics.length < before.diagnostics.length && meaning(before) === meaning(after);
  const known = new Set(before.diagnostics.map(identity));
  const left = after.diagnostics.filter(one => known.has(identity(one)));
  if (left.length >= before.diagnostics.length || countErrors(left) > countErrors(before.diagnostics)) return false;
  const changes = changesBy(mends.flat());
  return !after.diagnostics.some(one => one.severity === 'error' && !known.has(identity(one)) && isCaused(one, changes));
}

const countErrors = (diagnostics: readonly Diagnostic[]) => diagnostics.filter(({ severity }) => severity === 'error').length;

const identity = ({ code, severity, message }: Diagnostic) => `${severity}|${code}|${message}`;

/** What an edit put into a new text: from `start` to `end`, which are offsets there. */
interface Change {
  readonly path: string;
  readonly start: number;
  readonly end: number;
}

function changesBy(edits: readonly Edit[]): readonly Change[] {
  const shifts = new Map<string, number>();
  return edits
    .toSorted((a, b) => a.span.start - b.span.start)
    .map(({ span, text }) => {
      const { path } = span.file;
      const start = span.start + (shifts.get(path) ?? 0);
      shifts.set(path, start + text.length - span.end);
      return { path, start, end: start + text.length };
    });
}

/** Whether an error that is new stands on a line that was changed, and not in what a mended key lets be read for the first time. */
function isCaused({ code, span }: Diagnostic, changes: readonly Change[]): boolean {
  if (!span) return true;
  const { file } = span;
  const { line } = spanPosition(span);
  const near = changes.filter(({ path, start, end }) => {
    return path === file.path && positionAt(file, start).line <= line && line <= positionAt(file, end).line;
  });
  const isRevealed = near.some(({ end }) => {
    const colon = /^["']?[ \t]*:\s*/.exec(file.text.slice(end, end + 80));
    // That the whole value is wrong says that another key was meant; that it names what is nowhere declared does not.
    return colon && (span.start > end + colon[0].length || (code.startsWith('reference.') && span.start >= end));
  });
  return near.length > 0 && !isRevealed;
}

/** All that the project says, of all profiles. */
function meaning({ loaded }: Checked): string | undefined {
  if (!loaded.ok) return undefined;
  const { services, disabledServices } = loaded.project;
  return composeYaml({ ...loaded.project, services: named([...Object.entries(services), ...Object.entries(disabledServices)]) });
}
