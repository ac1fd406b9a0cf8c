// A case with a difference → a small one with the same: files, then blocks of lines, are left out as long as the difference stays.
import type { Case } from './case.ts';

const indentOf = (line: string) => /^ */.exec(line)?.[0].length ?? 0;

/** The lines that hang on a line: those after it that stand deeper. */
function blockEnd(lines: readonly string[], start: number): number {
  let end = start + 1;
  while (end < lines.length && ((lines[end] ?? '').trim() === '' || indentOf(lines[end] ?? '') > indentOf(lines[start] ?? ''))) end++;
  return end;
}

/** Leaves out what can go while `persists` says that the difference is still there. */
export async function minimise(one: Case, persists: (smaller: Case) => Promise<boolean>): Promise<Case> {
  let current = one;
  const attempt = async (smaller: Case) => {
    if (!(await persists(smaller))) return false;
    current = smaller;
    return true;
  };
  for (const path of Object.keys(current.files)) {
    const { [path]: _, ...rest } = current.files;
    await attempt({ ...current, files: rest });
  }
  await attempt({ ...current, args: [] });
  for (let again = true; again; ) {
    again = false;
    for (const path of Object.keys(current.files)) {
      for (let at = 0; ; at++) {
        const lines = (current.files[path] ?? '').split('\n');
        if (at >= lines.length) break;
        const end = blockEnd(lines, at);
        const without = (from: number, to: number) => ({
          ...current,
          files: { ...current.files, [path]: [...lines.slice(0, from), ...lines.slice(to)].join('\n') },
        });
        if (lines.length > 1 && (await attempt(without(at, end)))) {
          again = true;
          at--;
        }
      }
    }
  }
  return current;
}
