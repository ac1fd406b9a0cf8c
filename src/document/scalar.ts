// What a plain (unquoted) scalar means to the reference's YAML reader: version 1.2 with leftovers of 1.1. Read by parse.ts, and by print.ts,
// which quotes what would otherwise be read as something else.

/** The meaning of a scalar; `value` is as in the node of that type. */
export type Meaning =
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'int'; readonly value: number | bigint }
  | { readonly type: 'float'; readonly value: number }
  | { readonly type: 'bool'; readonly value: boolean }
  | { readonly type: 'null'; readonly value: null }
  | { readonly type: 'timestamp'; readonly value: string };

const NULL: Meaning = { type: 'null', value: null };
const TRUE: Meaning = { type: 'bool', value: true };
const FALSE: Meaning = { type: 'bool', value: false };
const NOT_A_NUMBER: Meaning = { type: 'float', value: Number.NaN };
const INFINITE: Meaning = { type: 'float', value: Number.POSITIVE_INFINITY };
const MINUS_INFINITE: Meaning = { type: 'float', value: Number.NEGATIVE_INFINITY };
const MINUS_ZERO: Meaning = { type: 'float', value: -0 };

const WORDS: ReadonlyMap<string, Meaning> = new Map([
  ...['', '~', 'null', 'Null', 'NULL'].map((word): [string, Meaning] => [word, NULL]),
  ...['true', 'True', 'TRUE'].map((word): [string, Meaning] => [word, TRUE]),
  ...['false', 'False', 'FALSE'].map((word): [string, Meaning] => [word, FALSE]),
  ...['.nan', '.NaN', '.NAN'].map((word): [string, Meaning] => [word, NOT_A_NUMBER]),
  ...['.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF'].map((word): [string, Meaning] => [word, INFINITE]),
  ...['-.inf', '-.Inf', '-.INF'].map((word): [string, Meaning] => [word, MINUS_INFINITE]),
  ...['-0', '-0.0'].map((word): [string, Meaning] => [word, MINUS_ZERO]),
]);

const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const INTEGER = /^([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[oO]?([0-7]+)|0[bB]([01]+)|(0|[1-9][0-9]*))$/;
const SMALL_INTEGER = /^[1-9][0-9]{0,14}$/;

/** What a plain scalar means: `010` is 8, `1_000` is 1000, `yes` a string, `2020-01-01` a timestamp (loader.md §1.1, §10). */
export function plainMeaning(text: string): Meaning {
  const first = text.charCodeAt(0);
  const isDigit = first >= 48 && first <= 57;
  // + - . and digits begin numbers; n t f N T F ~ begin the words.
  if (isDigit || first === 43 || first === 45 || first === 46) {
    if (SMALL_INTEGER.test(text)) return { type: 'int', value: Number(text) };
    return WORDS.get(text) ?? (first === 46 ? dottedNumber(text) : number(text, isDigit));
  }
  if (text.length <= 5) {
    const word = WORDS.get(text);
    if (word) return word;
  }
  return { type: 'string', value: text };
}

function dottedNumber(text: string): Meaning {
  const value = Number(text);
  return FLOAT.test(text) && Number.isFinite(value) ? { type: 'float', value } : { type: 'string', value: text };
}

function number(text: string, isDigit: boolean): Meaning {
  if (isDigit && text.charCodeAt(4) === 45) {
    const value = parseTimestamp(text);
    if (value !== undefined) return { type: 'timestamp', value };
  }
  const digits = text.includes('_') ? text.replaceAll('_', '') : text;
  const integer = INTEGER.exec(digits);
  if (integer) {
    const [, sign, hexadecimal, octal, binary, decimal] = integer;
    const size = BigInt(hexadecimal ? `0x${hexadecimal}` : octal ? `0o${octal}` : binary ? `0b${binary}` : (decimal ?? '0'));
    const value = sign === '-' ? -size : size;
    if (value >= -(2n ** 63n) && value < (sign === '' ? 2n ** 64n : 2n ** 63n)) {
      return { type: 'int', value: Number.isSafeInteger(Number(value)) ? Number(value) : value };
    }
  }
  const value = Number(digits);
  return FLOAT.test(digits) && Number.isFinite(value) ? { type: 'float', value } : { type: 'string', value: text };
}

const TIMESTAMP =
  /^(\d{4})-(\d{1,2})-(\d{1,2})(?:(?:[Tt](\d{1,2}):(\d{1,2}):(\d{1,2})(?:[.,](\d+))?(Z|[+-]\d\d:\d\d))|(?: (\d{1,2}):(\d{1,2}):(\d{1,2})(?:[.,](\d+))?))?$/;

/** The RFC 3339 text of a timestamp in one of the reference's four forms; undefined for anything else, also for a 30th of February. */
export function parseTimestamp(text: string): string | undefined {
  const found = TIMESTAMP.exec(text);
  if (!found) return undefined;
  const [, year = '', month = '', day = ''] = found;
  const [hour = '0', minute = '0', second = '0', fraction = ''] = found[4] === undefined ? found.slice(9) : found.slice(4);
  const zone = found[8] ?? 'Z';
  const daysOfMonth = new Date(Date.UTC(2000 + (Number(year) % 400), Number(month), 0)).getUTCDate();
  if (Number(month) < 1 || Number(month) > 12 || Number(day) < 1 || Number(day) > daysOfMonth) return undefined;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  if (zone !== 'Z' && (Number(zone.slice(1, 3)) > 24 || Number(zone.slice(4)) > 60)) return undefined;
  const two = (part: string) => part.padStart(2, '0');
  const nanoseconds = fraction.slice(0, 9).replace(/0+$/, '');
  const time = `${two(hour)}:${two(minute)}:${two(second)}${nanoseconds === '' ? '' : '.' + nanoseconds}`;
  return `${year}-${two(month)}-${two(day)}T${time}${/^[+-]00:00$/.test(zone) ? 'Z' : zone}`;
}
