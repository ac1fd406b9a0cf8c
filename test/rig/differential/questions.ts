// What is asked about a case: always the project in both forms and its hashes, and one or two of the other flags of `config`, by chance.
import type { Random } from './random.ts';

export const always = [['config'], ['config', '--format', 'json'], ['config', '--hash', '*']];

const sometimes = [
  ['config', '--no-interpolate'],
  ['config', '--no-interpolate', '--format', 'json'],
  ['config', '--no-normalize'],
  ['config', '--no-path-resolution'],
  ['config', '--no-env-resolution'],
  ['config', '--no-consistency'],
  ['config', '--services'],
  ['config', '--volumes'],
  ['config', '--networks'],
  ['config', '--models'],
  ['config', '--images'],
  ['config', '--profiles'],
  ['config', '--variables'],
  ['config', '--variables', '--format', 'json'],
  ['config', '--variables', '--format', 'yaml'],
  ['config', '--environment'],
  ['config', '--quiet'],
  ['config', '--no-interpolate', '--no-normalize'],
  ['config', '--no-interpolate', '--no-path-resolution', '--no-normalize'],
  ['config', '--no-normalize', '--no-path-resolution', '--no-env-resolution', '--no-consistency', '--format', 'json'],
  ['config', '--format', 'yaml'],
  ['config', '--format', 'toml'],
  ['config', '--services', '--no-interpolate'],
  ['config', '--images', '--no-interpolate'],
  ['config', '--hash', '*', '--no-normalize'],
  ['config', '--services', '--images', '--hash', '*'],
  ['config', '--images', '--variables', '--environment'],
  ['config', '--profiles', '--quiet'],
  ['config', '--volumes', '--quiet'],
  ['config', '--networks', '--quiet'],
  ['config', '--environment', '-q'],
  ['config', '--hash', '*', '--quiet'],
];

export function questionsOf(random: Random, services: readonly string[]): readonly (readonly string[])[] {
  const more = random.some(sometimes, 1 + random.below(2));
  const selected =
    services.length > 0 && random.chance(0.2)
      ? [[...random.pick([...always, ...sometimes.slice(0, 12)]), random.pick([...services, ...services, 'nosuch'])]]
      : [];
  return [...always, ...more, ...selected];
}

/** Questions whose answer the reference gives in the order of the moment. */
export function isUnordered(question: readonly string[]): boolean {
  return ['--services', '--volumes', '--networks', '--models', '--images', '--variables'].some(flag => question.includes(flag));
}
