// .dockerignore: which files of a build context are left out. The rules are the ones that Docker documents; the last pattern that fits decides.
import { posix } from 'node:path';
import { EngineFailure } from '../failure.ts';

interface Pattern {
  /** Cleaned, without `!`. */
  readonly text: string;
  readonly includes: boolean;
  readonly regex: RegExp;
}

/** Which patterns fit a path; handed down to the paths inside it, since what fits a folder fits all in it. */
export type Fits = readonly boolean[];

export interface Ignore {
  /** Whether a path (slashes, relative to the context) is left out. `parent` is the `fits` of the folder it lies in. */
  check(path: string, parent?: Fits): { readonly ignored: boolean; readonly fits: Fits };
  /** Whether something inside an ignored folder may still be wanted, so that it must be walked. */
  mayHoldWanted(folder: string): boolean;
}

/** Reads the text of an ignore file. Throws EngineFailure for a pattern that is none. */
export function parseIgnore(text: string): Ignore {
  const patterns = text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .filter(line => !line.startsWith('#'))
    .map(line => line.trim())
    .filter(Boolean)
    .map(toPattern);
  return {
    check(path, parent) {
      let ignored = false;
      const fits = patterns.map(({ regex, includes }, index) => {
        const fit = parent?.[index] === true || regex.test(path);
        if (fit) ignored = !includes;
        return fit;
      });
      return { ignored, fits };
    },
    mayHoldWanted: folder => patterns.some(({ includes, text }) => includes && (`${text}/`.startsWith(`${folder}/`) || /[*?[]/.test(text))),
  };
}

function toPattern(line: string): Pattern {
  const includes = line.startsWith('!');
  const written = includes ? line.slice(1).trim() : line;
  if (!written) throw new EngineFailure('build-failed', 'illegal exclusion pattern: "!"', 'read .dockerignore');
  const cleaned = posix.normalize(written).replace(/\/$/, '');
  const text = cleaned.length > 1 ? cleaned.replace(/^\//, '') : cleaned;
  return { text, includes, regex: toRegex(text, line) };
}

/** `*` and `?` stop at slashes, `**` does not, `[a-z]` is a class, a backslash takes the next letter as it is. */
function toRegex(pattern: string, line: string): RegExp {
  let source = '';
  for (let at = 0; at < pattern.length; at++) {
    const letter = pattern[at] ?? '';
    if (letter === '*' && pattern[at + 1] === '*') {
      at++;
      if (pattern[at + 1] === '/') {
        at++;
        source += '(?:.*/)?';
      } else source += '.*';
    } else if (letter === '*') source += '[^/]*';
    else if (letter === '?') source += '[^/]';
    else if (letter === '[') {
      const end = pattern.indexOf(']', at + 2);
      if (end === -1) throw new EngineFailure('build-failed', `bad pattern "${line}" in .dockerignore`, 'read .dockerignore');
      source += `[${pattern.slice(at + 1, end).replace(/[[\]&]/g, '\\$&')}]`;
      at = end;
    } else if (letter === '\\') source += escaped(pattern[++at] ?? '\\');
    else source += escaped(letter);
  }
  return new RegExp(`^${source}$`, 's');
}

function escaped(letter: string): string {
  return /[\^$\\.*+?()[\]{}|]/.test(letter) ? `\\${letter}` : letter;
}
