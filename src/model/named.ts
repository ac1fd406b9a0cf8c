// Named: a record without a prototype, for everything that users give names to. `__proto__` and `constructor` are names like any other.

export type Named<T> = Readonly<Record<string, T>>;

/** A record from pairs. Its own order means nothing: printing and hashing sort by name. */
export function named<T>(pairs: Iterable<readonly [string, T]> = []): Named<T> {
  const record: Record<string, T> = Object.create(null);
  for (const [key, value] of pairs) record[key] = value;
  return record;
}
