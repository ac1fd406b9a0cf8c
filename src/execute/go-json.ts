// JSON from other programs, taken as Go's encoding/json takes it: plugins are written against a reader that matches keys whatever their case and
// knows no null. Beside it, what cuts a stream of such values apart.

/** A value as JSON.parse gives it, or nothing → what Go has after decoding. Throws WrongShape where Go refuses. */
export type Shape<T> = (value: unknown) => T;

type Taken<S> = S extends Shape<infer T> ? T : never;

/** The text is no JSON, or another kind of value than its reader wants. Says nothing of the text, which may be a secret. */
export class WrongShape extends Error {
  override readonly name = 'WrongShape';
}

/** null and absent are the zero value in Go. */
const isNothing = (value: unknown) => value === null || value === undefined;

/** A text; empty where there is none. */
export const text: Shape<string> = value => {
  if (isNothing(value)) return '';
  if (typeof value !== 'string') throw new WrongShape('a text is wanted');
  return value;
};

/** true or false; false where there is none. */
export const flag: Shape<boolean> = value => {
  if (isNothing(value)) return false;
  if (typeof value !== 'boolean') throw new WrongShape('true or false is wanted');
  return value;
};

/** A list; undefined, which to Go is not the same as empty, where there is none. */
export const list =
  <T>(of: Shape<T>): Shape<readonly T[] | undefined> =>
  value => {
    if (isNothing(value)) return undefined;
    if (!Array.isArray(value)) throw new WrongShape('a list is wanted');
    return value.map(of);
  };

/** Another shape, or undefined where there is nothing. */
export const optional =
  <T>(of: Shape<T>): Shape<T | undefined> =>
  value =>
    isNothing(value) ? undefined : of(value);

/** An object of these keys, named in lower case; whatever their case in the text, the last of several counts, and others are passed over. */
export function struct<F extends Readonly<Record<string, Shape<unknown>>>>(fields: F): Shape<{ readonly [K in keyof F]: Taken<F[K]> }> {
  const shapes = new Map<string, Shape<unknown>>(Object.entries(fields));
  return value => {
    if (!isNothing(value) && (typeof value !== 'object' || Array.isArray(value))) throw new WrongShape('an object is wanted');
    const given = new Map<string, unknown>();
    for (const [key, one] of Object.entries(value ?? {})) {
      const shape = shapes.get(folded(key));
      // Each is looked at, as Go does: a wrong one is refused also where a later one counts.
      shape?.(one);
      if (shape && !isNothing(one)) given.set(folded(key), one);
    }
    const taken = [...shapes].map(([key, shape]) => [key, shape(given.get(key))] as const);
    // The compiler does not follow keys through entries: each has what its own shape gave.
    return Object.fromEntries(taken) as { readonly [K in keyof F]: Taken<F[K]> };
  };
}

/** The key as Go compares it: letters in lower case, and the long s is one. */
const folded = (key: string) => key.toLowerCase().replaceAll('ſ', 's');

/** One JSON text in this shape. Throws WrongShape. */
export function decode<T>(json: string, shape: Shape<T>): T {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (failure) {
    // The message of a SyntaxError quotes the text.
    if (failure instanceof SyntaxError) throw new WrongShape('not JSON');
    throw failure;
  }
  return shape(value);
}

const [quote, backslash, openList, closeList, open, close] = Buffer.from('"\\[]{}');
const isBlank = (byte: number) => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d && byte !== 0x0b && byte !== 0x0c);

/**
 * Cuts a stream of JSON objects into its objects, however they are spaced and wherever the pieces are cut. `object` is told each with its place:
 * the number of its first byte, counted from 1. `wrong` is told the place of the first byte that begins no object; then no more is read.
 */
export function objectCutter(object: (json: string, place: number) => void, wrong: (place: number) => void) {
  let kept: Buffer[] = [];
  let before = 0;
  let place = 0;
  let depth = 0;
  let inText = false;
  let escaped = false;
  let over = false;
  return {
    read(piece: Buffer): void {
      let start = 0;
      for (let at = 0; at < piece.length && !over; at++) {
        const byte = piece[at] ?? 0;
        if (escaped) escaped = false;
        else if (inText) {
          if (byte === backslash) escaped = true;
          else if (byte === quote) inText = false;
        } else if (depth === 0) {
          if (isBlank(byte)) continue;
          start = at;
          place = before + at + 1;
          if (byte === open) depth = 1;
          else {
            over = true;
            wrong(place);
          }
        } else if (byte === quote) inText = true;
        else if (byte === open || byte === openList) depth++;
        else if ((byte === close || byte === closeList) && --depth === 0) {
          object(Buffer.concat([...kept, piece.subarray(start, at + 1)]).toString('utf8'), place);
          kept = [];
        }
      }
      if (depth > 0 && !over) kept.push(Buffer.from(piece.subarray(start)));
      before += piece.length;
    },
    /** The stream is over; a last object that is not whole is wrong at its first byte. */
    end(): void {
      if (depth > 0 && !over) wrong(place);
    },
  };
}
