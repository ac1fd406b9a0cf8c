// "Did you mean": the known name nearest to a misspelt one.

/** Names longer than this are not misspelt; and where there are more candidates, only so many are compared: a file may hold thousands of slips. */
const LONGEST_NAME = 64;
const MOST_CANDIDATES = 200;

/**
 * Optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbours cost one each. Where it is `limit` or more,
 * any such number.
 */
function distance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit;
  let before: number[] = [];
  let above: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  let leastAbove = 0;
  for (let i = 1; i <= a.length; i++) {
    [before, above, row] = [above, row, before];
    row[0] = i;
    let least = i;
    for (let j = 1; j <= b.length; j++) {
      const same = a.charCodeAt(i - 1) === b.charCodeAt(j - 1) ? 0 : 1;
      let cost = Math.min(above[j]! + 1, row[j - 1]! + 1, above[j - 1]! + same);
      if (i > 1 && j > 1 && a.charCodeAt(i - 1) === b.charCodeAt(j - 2) && a.charCodeAt(i - 2) === b.charCodeAt(j - 1)) {
        cost = Math.min(cost, before[j - 2]! + 1);
      }
      row[j] = cost;
      if (cost < least) least = cost;
    }
    // What follows is no less than the row; or, by a swap, than the one above it and one more.
    if (least >= limit && leastAbove + 1 >= limit) return limit;
    leastAbove = least;
  }
  return row[b.length]!;
}

/** The candidate that `name` most likely stands for: at most a third of its letters off, case ignored. */
export function suggest(name: string, candidates: Iterable<string>): string | undefined {
  if (name.length > LONGEST_NAME) return undefined;
  const wanted = name.toLowerCase();
  let best: string | undefined;
  // Where every letter is another one, nothing speaks for a candidate.
  let bestDistance = Math.min(name.length, Math.max(1, Math.floor(name.length / 3)) + 1);
  let compared = 0;
  for (const candidate of candidates) {
    if (compared++ === MOST_CANDIDATES) break;
    const far = distance(wanted, candidate.toLowerCase(), bestDistance);
    if (far < bestDistance) [best, bestDistance] = [candidate, far];
  }
  return best;
}

/** The one candidate of which `name` has the first letter and others in their order: `cmd` for `command`. */
export function unabbreviated(name: string, candidates: Iterable<string>): string | undefined {
  if (!/^[a-z]{3,8}$/.test(name)) return undefined;
  const pattern = new RegExp(`^${[...name].join('.*')}`);
  const found = [...candidates].filter(candidate => pattern.test(candidate));
  return found.length === 1 ? found[0] : undefined;
}

/**
 * The candidate that `name` surely stands for: a letter is missing, too many, or changed places with its neighbour, or the case differs; and no
 * other candidate is as near. Another letter in a place, or another digit, makes another name: `node-a` is not `node-b`.
 */
export function suggestSurely(name: string, candidates: Iterable<string>): string | undefined {
  if (name.length < 3 || name.length > LONGEST_NAME) return undefined;
  const wanted = name.toLowerCase();
  let only: string | undefined;
  let compared = 0;
  for (const candidate of candidates) {
    if (compared++ === MOST_CANDIDATES) return undefined;
    if (candidate === name || candidate === only || distance(wanted, candidate.toLowerCase(), 2) >= 2) continue;
    if (only !== undefined) return undefined;
    only = candidate;
  }
  return only !== undefined && isSlip(wanted, only.toLowerCase()) ? only : undefined;
}

function isSlip(name: string, meant: string): boolean {
  const digits = (text: string) => text.replace(/\D/g, '');
  const letters = (text: string) => [...text].sort().join('');
  return digits(name) === digits(meant) && (name.length !== meant.length || letters(name) === letters(meant));
}
