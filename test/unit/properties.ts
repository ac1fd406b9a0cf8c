// For tests of properties: fast-check with a seed that stays the same, so that a run fails for what has changed and not by chance.
// FIG_SEED tries another one; fast-check names the seed, and the smallest case, where a property does not hold.
import fc from 'fast-check';

fc.configureGlobal({ seed: Number(process.env['FIG_SEED'] ?? 2026) });

export { fc };
