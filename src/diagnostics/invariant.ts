// What cannot happen. A broken invariant is a bug in fig: thrown, never caught, and it asks for a report.

export class BrokenInvariant extends Error {
  override readonly name = 'BrokenInvariant';
}

/** States what must hold; throws BrokenInvariant where it does not. */
export function invariant(holds: unknown, what: string): asserts holds {
  if (!holds) throw new BrokenInvariant(what);
}

/** Ends a switch over a union: a member that was forgotten does not compile. */
export function unreachable(value: never): never {
  throw new BrokenInvariant(`unexpected ${JSON.stringify(value)}`);
}
