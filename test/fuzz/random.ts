// A source of randomness that a seed determines wholly, for the cases of fuzz.mjs: the same seed and number make the same case anywhere.

export interface Random {
  /** A whole number from 0 up to, but without, `limit`. */
  below(limit: number): number;
  /** A whole number from `low` to `high`; small ones are far more likely than large ones. */
  size(low: number, high: number): number;
  pick<T>(from: readonly T[]): T;
  /** True once in `times`. */
  oneIn(times: number): boolean;
}

/** Marsaglia's xorshift with 32 bits, started from two numbers. */
export function createRandom(seed: number, stream: number): Random {
  let state = (Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(stream + 1, 0xc2b2ae35)) | 0 || 1;
  const next = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
  for (let i = 0; i < 8; i++) next();
  const below = (limit: number) => Math.floor(next() * limit);
  return {
    below,
    size: (low, high) => Math.min(high, Math.floor(low * ((high + 1) / low) ** next())),
    pick: from => {
      const picked = from[below(from.length)];
      if (picked === undefined) throw new Error('nothing to pick from');
      return picked;
    },
    oneIn: times => below(times) === 0,
  };
}
