// Texts and numbers that readers of YAML and of Compose have stumbled over: the stock from which values.ts's users choose.
import type { Random } from './random.ts';
import { raw, type Tree, text } from './writing.ts';

/** The environment of every case. UNSET and UNSET_TOO are in none. */
export const environment: Readonly<Record<string, string>> = {
  A: 'alpha',
  EMPTY: '',
  NUM: '8080',
  SMALL: '3',
  FLAG: 'true',
  PLACE: './place',
  ODD: 'a: b #c',
  SIZE: '64m',
  SPAN: '1m30s',
  DOLLAR: 'x$$y',
};

/** `.env` of every case; the environment wins over A. */
export const dotenv = `A=not-this
FROM_FILE=from dotenv # a remark
QUOTED="two
lines"
NESTED=\${A}-\${FROM_FILE}
`;

const long = 'a long text with many words in it, so that it is wider than eighty columns when it is printed again, wherever it stands';

/** Texts that are safe as a name, a path or a word. */
export const plainWords = ['alpha', 'b', 'web-1', 'a.b', 'A_B', 'x', 'some/thing', 'v1.2.3', '10', 'n', 'yes', 'svc2'];

/** Texts with something odd about them. */
const oddTexts = [
  'yes',
  'no',
  'On',
  'y',
  'N',
  'true',
  'False',
  'null',
  '~',
  '',
  ' ',
  ' lead',
  'trail ',
  '010',
  '0o17',
  '0x1F',
  '1_000',
  '1e3',
  '.5',
  '-0',
  '1.0',
  '1.10',
  '12:30:45',
  '22:22',
  '2020-01-01',
  '2020-01-01T10:20:30Z',
  '<<',
  '=',
  '-',
  '- a',
  'a: b',
  'a:',
  'x #y',
  '#x',
  "it's",
  'a "b" c',
  'back\\slash',
  '%x',
  '@y',
  '`z`',
  '[a]',
  '{a: b}',
  '*a',
  '&a',
  '!a',
  '|',
  '>',
  '? a',
  ', a',
  'é',
  '日本語',
  '😀',
  'tab\there',
  'cr\rhere',
  'two\nlines',
  'two\nlines\n',
  'ends\n\n',
  ' \n',
  '\n',
  'trail  \nx',
  'nbsp\u00a0x',
  '\u2028',
  '\ufeffbom',
  '\u0007',
  '\u007f',
  '.inf',
  '.nan',
  '9007199254740993',
  '18446744073709551616',
  '---',
  '...',
  '<a>&b',
  'K=V',
  'K=V=W',
  'K',
  '"',
  "'",
  long,
  `${long}, ${long}`,
  'x'.repeat(100),
  `${'word  '.repeat(20)}`,
  `"${long}"`,
  `${long}: x`,
  `${long}\nand more`,
  '{{.Name}}',
  '100%',
];

/** Scalars as YAML source whose meaning is not a text, or not the text it looks like. */
const oddScalars = [
  '0',
  '1',
  '-1',
  '010',
  '0o17',
  '0x1F',
  '0b11',
  '1_000',
  '1e3',
  '1e6',
  '.5',
  '-0',
  '-0.0',
  '1.0',
  '1.10',
  '1234567.0',
  '1e-7',
  '12345678901234567890',
  '9007199254740993',
  '9223372036854775807',
  '18446744073709551615',
  '18446744073709551616',
  '+5',
  '08',
  '09.5',
  '1e21',
  '123456789',
  '0.1',
  '3.14159265358979',
  'true',
  'False',
  'TRUE',
];

export const templates = [
  '$A',
  '${A}',
  '${EMPTY}',
  '${UNSET:-fallback}',
  '${EMPTY:-full}',
  '${EMPTY-kept}',
  '${UNSET-}',
  '${A:+alternative}',
  '${EMPTY:+no}',
  '${UNSET+no}',
  '${A+yes}',
  '${A:?needed}',
  '${A?needed}',
  '${UNSET:-${A}}',
  '${UNSET:-${UNSET_TOO:-deep}}',
  '${A:-${UNSET:?not reached}}',
  '${UNSET:-a:-b}',
  '${UNSET:-{"k":"v"}}',
  '$$A',
  '$${A}',
  'pre-${A}-post',
  '${A}${NUM}',
  '${FROM_FILE}',
  '${QUOTED}',
  '${NESTED}',
  '${ODD}',
  '${DOLLAR}',
  '$1',
  'a$ b',
  '$(cmd)',
  '100$',
  '${UNSET:-a b  c}',
  '${UNSET:-$$x}',
  '${UNSET:-x$A}',
  '${A:+${NUM}}',
  '${UNSET:-}',
  '${COMPOSE_PROJECT_NAME}',
  '${UNSET}',
  '$UNSET',
  '${A:+{}}',
  '${UNSET:-}}',
  '%A%',
  '$É',
  '${UNSET_TOO:-é日本😀}',
];

/** Any text. */
export function anyText(random: Random): Tree {
  const roll = random.next();
  if (roll < 0.35) return text(random.pick(plainWords));
  if (roll < 0.7) return text(random.pick(oddTexts));
  if (roll < 0.95) return text(random.pick(templates));
  return text(random.pick(oddTexts) + random.pick(templates));
}

/** A text without surprises; now and then from a variable. */
export function word(random: Random): Tree {
  return text(random.chance(0.85) ? random.pick(plainWords) : random.pick(['${A}', 'w-${A}', '${UNSET:-b}', '$A.x']));
}

/** A value where any single value may stand. */
export function anyScalar(random: Random): Tree {
  const roll = random.next();
  if (roll < 0.55) return anyText(random);
  if (roll < 0.9) return raw(random.pick(oddScalars));
  return raw(
    random.pick([
      '',
      'null',
      '~',
      '2020-01-01',
      '2001-12-14T21:59:43.10-05:00',
      '2001-12-14 21:59:43',
      '0xFF',
      '1e400',
      '-.5',
      '!!str 010',
      '!!int "7"',
    ]),
  );
}

export function integer(random: Random, from = 0, to = 1000): Tree {
  const value = from + random.below(to - from + 1);
  const roll = random.next();
  if (roll < 0.6) return raw(String(value));
  if (roll < 0.75) return raw(`"${value}"`);
  if (roll < 0.8 && from <= 3 && to >= 3) return raw('"${SMALL}"');
  if (roll < 0.85 && value >= 0) return raw(`0x${value.toString(16)}`);
  if (roll < 0.9 && value >= 0) return raw(`0${value.toString(8)}`);
  if (roll < 0.95) return raw(`\${UNSET:-${value}}`);
  return raw(String(value));
}

/** Numbers at and beyond the edges of their types. */
export const edges = [
  '9007199254740991',
  '9007199254740993',
  '-9007199254740993',
  '9223372036854775807',
  '-9223372036854775808',
  '9223372036854775808',
  '18446744073709551615',
  '18446744073709551616',
  '1e30',
  '4294967296',
  '2147483648',
  '-1',
  '1.5',
  '1e3',
  '-0',
];

export const boolean = (random: Random): Tree =>
  raw(random.pick(['true', 'false', 'true', 'false', 'True', '"true"', "'false'", '"yes"', 'no', 'on', '"${FLAG}"', '${UNSET:-false}']));

export const duration = (random: Random): Tree =>
  text(
    random.pick([
      '10s',
      '1m30s',
      '1h',
      '1d',
      '1w2d3h',
      '1500ms',
      '20us',
      '3µs',
      '0',
      '0s',
      '1.5h',
      '100ns',
      '1m',
      '${SPAN}',
      '-5s',
      '.5s',
      '90s',
      '1h0m0.5s',
      '24h',
      '1.000000001s',
    ]),
  );

export const size = (random: Random): Tree =>
  random.chance(0.3)
    ? raw(random.pick(['0', '1024', '123456789', '0x400', '01000', '1_000', ...edges]))
    : text(
        random.pick([
          '64m',
          '1g',
          '512k',
          '1.5gb',
          '100b',
          '1 kb',
          '10MiB',
          '2T',
          '1024',
          '0',
          '${SIZE}',
          '0.5m',
          '1e3',
          '9007199254740993',
          '-1',
        ]),
      );
