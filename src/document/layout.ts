// Where texts and lists span lines. The reference's YAML reader takes any indentation inside quotes and brackets, `]` below its key for one;
// js-yaml insists on the specification's. parse.ts asks here for a text that both read alike, with the way back to the places of the original.

/** A text whose lines inside quotes and brackets are indented further. */
export interface Deepened {
  readonly text: string;
  /** The offset in the original text of an offset in `text`. */
  readonly original: (offset: number) => number;
  /** The quote or bracket that nothing closes, where there is one: its offset in the original text. */
  readonly unclosed: number | undefined;
  /** Texts in quotes that go on over several lines: offsets in the original text. */
  readonly longTexts: readonly { readonly start: number; readonly end: number }[];
}

/** Indents the lines inside quotes and brackets far enough for any reader. A light reading of block YAML: exact where the text is sound. */
export function deepen(text: string): Deepened {
  const scan: Scan = { text, at: 0, column: 0, pads: [], blanks: 0, unclosed: undefined, longTexts: [] };
  while (scan.at < text.length && scan.unclosed === undefined) scanLine(scan);
  const pieces: string[] = [];
  const starts: number[] = [];
  const shifts: number[] = [];
  let from = 0;
  let shift = 0;
  for (const { at, blanks, instead } of scan.pads) {
    pieces.push(text.slice(from, at), ' '.repeat(blanks));
    from = at + instead;
    starts.push(at + shift);
    shift += blanks - instead;
    shifts.push(shift);
  }
  pieces.push(text.slice(from));
  const original = (offset: number) => {
    let low = 0;
    let high = starts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle + 1;
      else high = middle;
    }
    // Inside a pad, the place is where the line began.
    return low === 0 ? offset : Math.max(offset - (shifts[low - 1] ?? 0), (starts[low - 1] ?? 0) - (shifts[low - 2] ?? 0));
  };
  return { text: pieces.join(''), original, unclosed: scan.unclosed, longTexts: scan.longTexts };
}

interface Scan {
  readonly text: string;
  at: number;
  /** The column of the innermost key or dash so far, which what follows has to be deeper than. */
  column: number;
  /** Blanks to insert, and how many characters of the text they stand for. */
  readonly pads: { readonly at: number; readonly blanks: number; readonly instead: number }[];
  /** How many blanks that are so far. */
  blanks: number;
  unclosed: number | undefined;
  readonly longTexts: { readonly start: number; readonly end: number }[];
}

const lineEnd = (text: string, from: number) => {
  const end = text.indexOf('\n', from);
  return end === -1 ? text.length : end + 1;
};

function scanLine(scan: Scan): void {
  const { text } = scan;
  const start = scan.at;
  const end = lineEnd(text, start);
  while (scan.at < end) {
    const rest = text.slice(scan.at, end);
    const column = scan.at - start;
    const [skipped] = /^[ \t\r\n\ufeff]+/.exec(rest) ?? [];
    if (skipped !== undefined) scan.at += skipped.length;
    else if (rest.startsWith('#')) scan.at = end;
    else if (/^[-?:][ \t\r\n]/.test(rest)) {
      scan.column = column;
      scan.at += 1;
    } else if (/^[&!*]/.test(rest)) scan.at += /^\S+/.exec(rest)?.[0].length ?? 1;
    else if (/^[|>]/.test(rest)) {
      skipBlock(scan, end);
      return;
    } else if (/^["'[{]/.test(rest)) {
      const opened = scan.at;
      if (/^["']/.test(rest)) skipQuoted(scan);
      else skipBrackets(scan);
      if (/^[ \t]*:(?:[ \t\r\n]|$)/.test(text.slice(scan.at, scan.at + 80))) scan.column = opened - start;
      if (scan.at > end || scan.unclosed !== undefined) return;
    } else {
      const [plain = rest, isKey] = /^(?:[^:#\r\n]|:(?![ \t\r\n]|$)|(?<![ \t])#)+(:?)/.exec(rest) ?? [];
      if (isKey) scan.column = column;
      scan.at += Math.max(1, plain.length);
    }
  }
}

/** A block scalar: its head, and every line that is blank or deeper than what it belongs to. */
function skipBlock(scan: Scan, headEnd: number): void {
  scan.at = headEnd;
  while (scan.at < scan.text.length) {
    const end = lineEnd(scan.text, scan.at);
    const line = scan.text.slice(scan.at, end);
    if (line.trim() !== '' && line.search(/[^ ]/) <= scan.column) return;
    scan.at = end;
  }
}

/** How many blanks may be put in: a key far to the right, and a million lines below it, would ask for any number. */
const MOST_BLANKS = 16 * 1024 * 1024;

function padLine(scan: Scan): void {
  const blanks = scan.column + 2;
  scan.blanks += blanks;
  if (scan.blanks <= MOST_BLANKS) scan.pads.push({ at: scan.at, blanks, instead: 0 });
}

function skipQuoted(scan: Scan): void {
  const { text } = scan;
  const opened = scan.at;
  const quote = text.charAt(scan.at++);
  const firstLineEnd = lineEnd(text, opened);
  while (scan.at < text.length) {
    const character = text.charAt(scan.at++);
    if (character === '\n') padLine(scan);
    else if (character === '\\' && quote === '"') {
      if (text.charAt(scan.at) !== '\n') scan.at++;
    } else if (character === quote) {
      if (quote === "'" && text.charAt(scan.at) === "'") scan.at++;
      else {
        if (scan.at > firstLineEnd) scan.longTexts.push({ start: opened, end: scan.at });
        return;
      }
    }
  }
  scan.unclosed = opened;
}

function skipBrackets(scan: Scan): void {
  const { text } = scan;
  const opened: number[] = [];
  while (scan.at < text.length) {
    const character = text.charAt(scan.at);
    if ((character === '"' || character === "'") && /[\s,[{:]/.test(text.charAt(scan.at - 1))) {
      skipQuoted(scan);
      if (scan.unclosed !== undefined) return;
      continue;
    }
    if (character === '[' || character === '{') opened.push(scan.at);
    scan.at++;
    if (character === '\n') padLine(scan);
    else if (character === '#' && /\s/.test(text.charAt(scan.at - 2))) {
      const end = text.indexOf('\n', scan.at);
      scan.at = end === -1 ? text.length : end;
    } else if (character === '\t') scan.pads.push({ at: scan.at - 1, blanks: 1, instead: 1 });
    else if (character === ']' || character === '}') {
      const opener = opened.pop();
      if (opener !== undefined && text.charAt(opener) !== (character === ']' ? '[' : '{')) {
        scan.unclosed = opener;
        return;
      }
      if (opened.length === 0) return;
    }
  }
  scan.unclosed = opened.at(-1);
}
