// Texts of the model's values and the numbers behind them: durations, sizes, floats, modes, times, command words. As Go reads and prints
// them, since the reference's output and its hashes are made of these texts.

const NANOSECONDS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  μs: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
  d: 86_400_000_000_000n,
  w: 604_800_000_000_000n,
};
const INT64_MAX = 2n ** 63n - 1n;

/**
 * Nanoseconds of a duration: a sign, then numbers with units (`1h30m`, `1.5s`, `2w`); `0` needs no unit. undefined where the text is none.
 * Units are Go's and `d`, `w` (loader.md §4.9).
 */
export function parseDuration(text: string): bigint | undefined {
  const [, sign = '', rest = ''] = /^([+-]?)(.*)$/s.exec(text) ?? [];
  if (rest === '0') return 0n;
  if (rest === '') return undefined;
  const part = /(\d*)(?:(\.)(\d*))?([^\d.]+)/y;
  let total = 0n;
  while (part.lastIndex < rest.length) {
    const found = part.exec(rest);
    if (!found) return undefined;
    const [, whole = '', , fraction = '', unit = ''] = found;
    const factor = Object.hasOwn(NANOSECONDS, unit) ? NANOSECONDS[unit] : undefined;
    if (factor === undefined || (whole === '' && fraction === '')) return undefined;
    total += BigInt(whole || '0') * factor;
    // The reference computes fractions in floating point, and cuts what is below a nanosecond.
    const digits = fraction.slice(0, 18);
    if (digits !== '') total += BigInt(Math.trunc(Number(digits) * (Number(factor) / 10 ** digits.length)));
    if (total > INT64_MAX) return undefined;
  }
  return sign === '-' ? -total : total;
}

/** A duration as Go prints it: `1h0m5s`, `1.5s`, `300ms`, `20µs`, `0s`. */
export function formatDuration(nanoseconds: bigint): string {
  if (nanoseconds < 0n) return '-' + formatDuration(-nanoseconds);
  if (nanoseconds === 0n) return '0s';
  const withFraction = (unit: bigint, name: string) => {
    const fraction =
      unit === 1n
        ? ''
        : String(nanoseconds % unit)
            .padStart(String(unit).length - 1, '0')
            .replace(/0+$/, '');
    return `${nanoseconds / unit}${fraction === '' ? '' : '.' + fraction}${name}`;
  };
  if (nanoseconds < 1_000n) return withFraction(1n, 'ns');
  if (nanoseconds < 1_000_000n) return withFraction(1_000n, 'µs');
  if (nanoseconds < 1_000_000_000n) return withFraction(1_000_000n, 'ms');
  const minutes = nanoseconds / 60_000_000_000n;
  const hours = minutes / 60n;
  nanoseconds %= 60_000_000_000n;
  const seconds = withFraction(1_000_000_000n, 's');
  if (hours > 0n) return `${hours}h${minutes % 60n}m${seconds}`;
  return minutes > 0n ? `${minutes}m${seconds}` : seconds;
}

/** Milliseconds of a duration of the model (a valid text); undefined for undefined. */
export function durationMs(text: string): number;
export function durationMs(text: string | undefined): number | undefined;
export function durationMs(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(durationNs(text)) / 1e6;
}

/** Nanoseconds of a duration of the model; a text that is none counts as nothing. */
export function durationNs(text: string): bigint {
  return parseDuration(text) ?? 0n;
}

const UNIT_EXPONENT: Readonly<Record<string, number>> = { b: 0, k: 1, m: 2, g: 3, t: 4, p: 5 };

/** A whole number of 64 bits: as text where a number would lose digits of it. */
export function wholeOf(value: bigint): number | `${bigint}` {
  return Number.isSafeInteger(Number(value)) ? Number(value) : `${value}`;
}

/** A whole number from decimal digits; undefined where the text is none, or not one of 64 bits. */
export function parseWhole(text: string): bigint | undefined {
  if (!/^[+-]?\d+$/.test(text)) return undefined;
  const value = BigInt(text.replace('+', ''));
  return BigInt.asIntN(64, value) === value ? value : undefined;
}

/** A float cut to a whole number of 64 bits; one that is beyond them becomes the least, as on the reference's processor. */
export function truncated(value: number): bigint {
  return Math.abs(value) < 2 ** 63 ? BigInt(Math.trunc(value)) : -INT64_MAX - 1n;
}

/**
 * Bytes of a size: a whole number (which may be negative), or a decimal number, at most one blank, and a unit b, k, m, g, t or p, which may be
 * followed by `b` or `ib`, in any case; all are powers of 1024. undefined where the text is none (loader.md §4.9).
 */
export function parseBytes(text: string): bigint | undefined {
  const whole = parseWhole(text);
  if (whole !== undefined) return whole;
  const [, number = '', unit = ''] = /^(.*[\d.]) ?([^\d. ]*)$/.exec(text) ?? [];
  const amount = parseDecimal(number);
  if (amount === undefined || amount < 0 || !/^(?:b|[kmgtp](?:i?b)?)?$/i.test(unit)) return undefined;
  return truncated(amount * 1024 ** (UNIT_EXPONENT[unit.slice(0, 1).toLowerCase()] ?? 0));
}

/** The shortest number that is the same float32: 0.1 for what 32 bits keep of 0.1. */
export function shortestFloat32(value: number): number {
  const single = Math.fround(value);
  if (!Number.isFinite(single)) return single;
  for (let precision = 1; precision < 9; precision++) {
    const shorter = Number(single.toPrecision(precision));
    if (Math.fround(shorter) === single) return shorter;
  }
  return Number(single.toPrecision(9));
}

/** A float as JSON writes it, in Go and JavaScript alike: an exponent below 1e-6 and from 1e21. Infinities and NaN give `null`. */
export function jsonFloatText(value: number): string {
  if (!Number.isFinite(value)) return 'null';
  return Object.is(value, -0) ? '-0' : String(value);
}

/** A float32 as JSON writes it: the shortest digits, `0.1`. */
export function float32Text(value: number): string {
  return jsonFloatText(shortestFloat32(value));
}

/** A float as Go's `%v` and the reference's YAML write it: shortest digits, an exponent below 1e-4 and from 1e6 (`1e+06`, `1e-05`, `0.5`). */
export function goFloatText(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
  if (Object.is(value, -0)) return '-0';
  const [mantissa = '', exponentText = '0'] = value.toExponential().split('e');
  const exponent = Number(exponentText);
  if (value !== 0 && (exponent < -4 || exponent >= 6)) {
    return `${mantissa}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
  }
  return String(value);
}

/** A decimal number with or without an exponent, `_` between digits; undefined where the text is none, or too large. */
export function parseDecimal(text: string): number | undefined {
  const digits = text.replace(/(?<=\d)_(?=\d)/g, '');
  const value = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(digits) ? Number(digits) : Number.NaN;
  return Number.isFinite(value) ? value : undefined;
}

/** A text that means a boolean: `true` and `false` in any case, or one of the words of YAML 1.1, which deserve a warning. */
export function parseBoolean(text: string): { readonly value: boolean; readonly isOldWord: boolean } | undefined {
  const word = text.toLowerCase();
  if (word === 'true' || word === 'false') return { value: word === 'true', isOldWord: false };
  const isYes = ['y', 'yes', 'on'].includes(word);
  return isYes || ['n', 'no', 'off'].includes(word) ? { value: isYes, isOldWord: true } : undefined;
}

/** What the reference says of a word of YAML 1.1. */
export function oldBooleanWarning(text: string, value: boolean): string {
  return `${JSON.stringify(text)} for boolean is not supported by YAML 1.2, please use \`${value}\``;
}

/** A file mode as the reference prints it: `0440`. */
export function formatMode(mode: bigint): string {
  return mode < 0n ? `0-${(-mode).toString(8)}` : `0${mode.toString(8)}`;
}

/** A file mode from octal digits; undefined where the text is none. */
export function parseMode(text: string): bigint | undefined {
  if (!/^[+-]?[0-7]+$/.test(text)) return undefined;
  const size = BigInt(`0o${text.replace(/^[+-]/, '')}`);
  return text.startsWith('-') ? -size : size;
}

/** The time of an RFC 3339 text as Go prints it: `2020-01-01 00:00:00 +0000 UTC`. */
export function goTimeText(rfc3339: string): string {
  const [, date = '', time = '', zone = ''] = /^(.*)T([^Z+-]*)(.*)$/.exec(rfc3339) ?? [];
  const offset = zone.replace(':', '');
  return zone === 'Z' ? `${date} ${time} +0000 UTC` : `${date} ${time} ${offset} ${offset}`;
}

/** The words of a command given as one text. */
export interface CommandWords {
  readonly words: readonly string[];
  /** Where an operator of the shell ended the reading: what stands from there on is dropped. Offset in UTF-16 units. */
  readonly stopped?: { readonly at: number; readonly operator: string };
}

/**
 * Splits a command into words, as the reference does (loader.md §4.9): blanks divide; single quotes keep all, double quotes and backslashes
 * the next character (`\t`, `\n` are a tab and a line end); backticks and `$(…)` hold together. Reading ends at a bare `; & | < >`.
 * undefined where a quote stays open or a bracket stands alone.
 */
export function splitCommand(text: string): CommandWords | undefined {
  const words: string[] = [];
  let word = '';
  let kept: 'nothing' | 'text' | 'quoted' = 'nothing';
  let inside: '' | '"' | "'" | '`' | '$(' = '';
  let escaped = false;
  let stopped: CommandWords['stopped'];
  const endWord = () => {
    if (kept === 'quoted' || (kept === 'text' && word !== '')) words.push(word);
    word = '';
    kept = 'nothing';
  };
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    const literal = inside === '`' || inside === '$(';
    if (escaped) {
      escaped = false;
      word += literal ? '\\' + character : character === 't' ? '\t' : character === 'n' ? '\n' : character;
      kept = 'text';
    } else if (character === '\\') {
      if (inside === "'") word += character;
      else escaped = true;
    } else if (/[ \t\r\n]/.test(character)) {
      if (inside === '') endWord();
      else word += character;
    } else if ((character === '"' || character === "'") && (inside === '' || inside === character)) {
      if (inside === character) kept = 'quoted';
      inside = inside === character ? '' : character;
    } else if (inside === '' && /[;&|<>]/.test(character)) {
      // The number of a redirection (`2>`) belongs to what is dropped.
      if (character === '>' && /^\d+$/.test(word)) kept = 'nothing';
      stopped = { at, operator: character };
      break;
    } else {
      if (character === '`' && (inside === '' || inside === '`')) inside = inside === '' ? '`' : '';
      else if (character === '(' && (inside === '' || inside === '$(')) {
        if (inside !== '' || !/(^|[^\\])\$$/.test(word)) return undefined;
        inside = '$(';
        word += character;
        continue;
      } else if (character === ')' && (inside === '' || inside === '$(')) {
        if (inside === '') return undefined;
        inside = '';
      }
      word += character;
      kept = 'text';
    }
  }
  endWord();
  if (escaped || inside !== '') return undefined;
  return stopped ? { words, stopped } : { words };
}
