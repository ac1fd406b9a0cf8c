// Hostile input for the loader: what a case puts into the project's folder. Each kind of mischief is one function of the random source.
import { createRandom, type Random } from './random.ts';

/** Files by their path below the project's folder. */
export type Case = Readonly<Record<string, Uint8Array>>;

/** What cases are made from: real Compose files, and the attributes of the language. */
export interface Material {
  readonly files: readonly string[];
  readonly keys: readonly string[];
}

type Kind = (random: Random, material: Material) => string | Uint8Array | Record<string, string | Uint8Array>;

/** How large the large ones get: of files, lines, services. */
const MANY = 100_000;

const times = (count: number, line: (index: number) => string) => Array.from({ length: count }, (_, index) => line(index)).join('');

const soupTokens = [
  ...[
    '- ',
    '? ',
    ': ',
    ':',
    '\n',
    '\n  ',
    '\n    ',
    ' ',
    '\t',
    '[',
    ']',
    '{',
    '}',
    ',',
    '#',
    ' #',
    '&a ',
    '*a',
    '&b ',
    '*b',
    '<<: ',
    '<<',
    '!reset ',
  ],
  ...[
    '!override ',
    '!!str ',
    '!!int ',
    '!!binary ',
    '!<x> ',
    '!x!y ',
    '|',
    '|-\n',
    '>+\n',
    '|2\n',
    "'",
    '"',
    '\\',
    '\\x',
    '\\u12',
    '%YAML 1.1\n',
    '---\n',
  ],
  ...[
    '...\n',
    '--- ',
    'services:',
    'web:',
    'image: x',
    'a: b',
    'a:',
    '\r',
    '\r\n',
    '\ufeff',
    '\u0085',
    '\u2028',
    '\0',
    '\u0007',
    '@',
    '`',
    '%',
    '~',
    'null',
  ],
  ...[
    'true',
    'yes',
    '010',
    '1_000',
    '0x',
    '-0',
    '.inf',
    '2020-01-01',
    '1e999',
    '9'.repeat(30),
    '$',
    '$$',
    '${A}',
    '${A:-',
    '${',
    '}',
    '😀',
    '\ud800',
  ],
] as const;

const values = [
  ...[
    '80:80',
    '8000-9000:8000-9000',
    '1-65535:1-65535',
    '[::1]:80:80/tcp',
    ':::',
    '127.0.0.1::80',
    '0',
    '-1',
    '99999999999999999999',
    '80/udp/tcp',
  ],
  ...[
    '1h1m1s',
    '1.5h',
    '-5s',
    '9223372036854775807h',
    '1y',
    '10b',
    '10.5gb',
    '1e400k',
    '16EiB',
    './a:/b:ro,z',
    'a:b:c:d',
    'C:\\x:/y',
    '/a',
    '~',
    '~/x',
  ],
  ...[
    '/dev/sda:/dev/b:rwm',
    'container:x',
    'service:x',
    'host',
    'a=b',
    '=b',
    '=',
    'a',
    '""',
    "''",
    '[]',
    '{}',
    'null',
    'true',
    '"yes"',
    '0x1F',
    '.nan',
  ],
  ...[
    '{a: b}',
    '[a, b]',
    '[[a]]',
    '[{a: b}]',
    '{target: 80}',
    '{source: a, target: /b}',
    '{path: a}',
    '{type: bind}',
    '${A}',
    '${A:?no}',
    '${A:-x}',
    '$$',
  ],
  ...[
    '2020-02-30',
    'a b "c',
    'a && b',
    '\\',
    '*',
    '&x y',
    '*x',
    '!reset null',
    '!override [a]',
    'every_12h',
    'on-failure:3',
    'x-a',
    'web',
    '🐳',
    '.',
    '..',
  ],
] as const;

function mutated(random: Random, text: string): Uint8Array {
  let bytes = Buffer.from(text);
  for (let i = random.size(1, 12); i > 0 && bytes.length > 0; i--) {
    const at = random.below(bytes.length);
    const length = random.size(1, 40);
    const before = bytes.subarray(0, at);
    switch (random.below(7)) {
      case 0:
        bytes = Buffer.concat([before, Buffer.from([random.below(256)]), bytes.subarray(at + 1)]);
        break;
      case 1:
        bytes = Buffer.concat([before, bytes.subarray(at + length)]);
        break;
      case 2:
        bytes = Buffer.concat([before, Buffer.from(random.pick(soupTokens)), bytes.subarray(at)]);
        break;
      case 3: {
        const from = random.below(bytes.length);
        bytes = Buffer.concat([before, bytes.subarray(from, from + length), bytes.subarray(at)]);
        break;
      }
      case 4:
        bytes = Buffer.concat([before, Buffer.from(random.pick(values)), bytes.subarray(at + length)]);
        break;
      case 5: {
        const line = bytes.indexOf(10, at);
        const end = line === -1 ? -1 : bytes.indexOf(10, line + 1);
        if (end !== -1) bytes = Buffer.concat([bytes.subarray(0, line), bytes.subarray(end)]);
        break;
      }
      default:
        if (random.oneIn(8)) bytes = bytes.subarray(0, at);
    }
  }
  return bytes;
}

/** Services with attributes of the language and values that may or may not fit. */
function nearlyCompose(random: Random, { keys }: Material): string {
  const value = (depth: number, indent: string): string => {
    if (depth === 0 || random.oneIn(2)) return ` ${random.pick(values)}\n`;
    const inner = `${indent}  `;
    if (random.oneIn(2)) return `\n${times(random.size(1, 5), () => `${inner}-${value(0, inner)}`)}`;
    return `\n${times(random.size(1, 4), () => `${inner}${random.pick(keys)}:${value(depth - 1, inner)}`)}`;
  };
  const section = () => random.pick(['networks', 'volumes', 'secrets', 'configs', 'x-a', 'include', 'name', 'version', 'models']);
  const services = times(random.size(1, 4), index => {
    const attributes = times(random.size(1, 6), () => `    ${random.pick(keys)}:${value(2, '    ')}`);
    return `  ${random.oneIn(4) ? random.pick(keys) : `s${index}`}:\n    image: x\n${attributes}`;
  });
  const others = times(random.below(3), () => `${section()}:${value(2, '')}`);
  return `services:\n${services}${others}`;
}

function deeplyNested(random: Random): string {
  const depth = random.size(10, 30_000);
  const closed = random.oneIn(2);
  const [open, close] = random.pick([
    ['[', ']'],
    ['{a: ', '}'],
    ['[{a: ', '}]'],
    ['- ', ''],
    ['? ', ''],
    ['a: [', ']'],
    ['!x [', ']'],
    ['&a [', ']'],
    ['[[], ', ']'],
  ] as const);
  const inner = random.oneIn(3) ? times(random.size(1, 800), index => `${' '.repeat(index)}a:\n`) : '';
  const head = random.pick(['', 'services:\n  a:\n    command: ', 'x-a: ', '"unclosed\n', '\t', 'a: b: c\n', inner]);
  return `${head}${open.repeat(depth)}x${closed ? close.repeat(depth) : ''}\n`;
}

/** Few lines that stand for very many values. */
function aliases(random: Random): string {
  const levels = random.size(2, 60);
  const wide = random.size(1, 12);
  const name = (level: number) => `a${level}`;
  const repeat = (level: number) => Array.from({ length: wide }, () => `*${name(level)}`);
  const bomb = random.pick([
    (level: number) => `[${repeat(level).join(', ')}]`,
    (level: number) =>
      `{${repeat(level)
        .map((alias, index) => `k${index}: ${alias} `)
        .join(', ')}}`,
    (level: number) => `{<<: [${repeat(level).join(', ')}], k${level}: 1}`,
    (level: number) => `{<<: *${name(level)}, k${level}: *${name(level)} }`,
    (level: number) => `{k${level}: *${name(Math.max(0, level - random.below(3)))} , m: *${name(level + 1)} }`,
  ]);
  const first = random.pick(['&a0 x', '&a0 [x]', '&a0 {k: x}', '&a0 {k: &a0 x, l: *a0 }']);
  const use = random.pick([
    'services:\n  web:\n    image: x\n    labels: *L\n',
    'services: *L\n',
    'services: {web: {image: x, <<: *L }}\n',
    'services: {}\n',
  ]);
  const merges = random.oneIn(4) ? `x-m:\n  <<: [${Array.from({ length: random.size(1, 5000) }, () => `*${name(1)}`).join(', ')}]\n` : '';
  return `x-0: ${first}\n${times(levels, level => `x-${level + 1}: &${name(level + 1)} ${bomb(level)}\n`)}${merges}${use.replace('L', name(levels))}`;
}

function long(random: Random): string {
  const many = random.size(1000, random.oneIn(20) ? 4_000_000 : 200_000);
  const filler = random.pick([
    'a',
    ' ',
    '\t',
    '"',
    "'",
    '\\',
    '#',
    ':',
    '-',
    '- ',
    ',',
    '[',
    '\n',
    '\r',
    'a b',
    '${',
    '$',
    '}',
    '$A',
    '${A}',
    '${}',
    '${A:-}',
    '${A:?}',
    '<<',
    '*a',
    '&a ',
    '!a ',
    '|',
    '%',
    '\ud83d\ude00',
    'a: ',
    'é',
    '\u0085',
  ]);
  const text = filler.repeat(Math.ceil(many / filler.length));
  const place = random.pick([
    (text: string) => text,
    (text: string) => `services:\n  web:\n    image: ${text}\n`,
    (text: string) => `services:\n  web:\n    image: "${text}"\n`,
    (text: string) => `services:\n  web:\n    image: '${text}\n`,
    (text: string) => `services:\n  web:\n    image: x\n    command: |\n      ${text}\n`,
    (text: string) => `services:\n  ${text}:\n    image: x\n`,
    (text: string) => `? ${text}\n: x\n`,
    (text: string) => `services:\n  web:\n    image: x\n    ports: ["${text}"]\n`,
    (text: string) => `services:\n  web: {image: x, stop_grace_period: "${text}", mem_limit: "${text}", volumes: ["${text}"]}\n`,
    (text: string) => `services:\n  web: {image: x, devices: ["${text}"], extra_hosts: ["${text}"], command: "${text}"}\n`,
    (text: string) => `x-a: [${text}]\n`,
    (text: string) => `x-a: b: ${text}\n`,
    (text: string) => `name: ${text}\n`,
  ]);
  return place(text);
}

function manyDocuments(random: Random): string {
  const document = random.pick([
    '',
    'services: {}\n',
    'services:\n  web:\n    image: x\n',
    'a: *b\n',
    'x-a: &b c\n',
    'services: {a: {image: x, ports: ["80"]}}\n',
    '[]\n',
    'name: a\n',
  ]);
  const head = random.oneIn(4) ? `services:\n${times(random.size(1, 3000), index => `  s${index}: {image: x}\n`)}` : '';
  return head + times(random.size(2, 3000), () => `---\n${document}`);
}

function encoded(random: Random, { files }: Material): Uint8Array {
  const text = random.oneIn(2) ? random.pick(files) : 'services:\n  web:\n    image: "é😀"\n';
  const little = Buffer.from(text, 'utf16le');
  const variants: readonly (() => Buffer)[] = [
    () => Buffer.concat([Buffer.from([0xff, 0xfe]), little]),
    () => Buffer.concat([Buffer.from([0xff, 0xfe]), little.subarray(0, -1)]),
    () => Buffer.concat([Buffer.from([0xfe, 0xff]), Buffer.from(little).swap16()]),
    () => Buffer.concat([Buffer.from([0xfe, 0xff]), Buffer.from(little).swap16(), Buffer.from([0])]),
    () => little,
    () => Buffer.from([0xff, 0xfe]),
    () => Buffer.from([0xfe, 0xff, 0]),
    () => Buffer.from(`\ufeff\ufeff${text}`),
    () => Buffer.from(text, 'latin1'),
    () => Buffer.from(text.replaceAll('\n', random.pick(['\r', '\r\n', '\u0085', '\u2028', '\0', '\n\ufeff']))),
    () => Buffer.concat([Buffer.from(text), Buffer.from([0xc3, 0x28, 0xed, 0xa0, 0x80, 0xf8])]),
  ];
  return random.pick(variants)();
}

function numbers(random: Random): string {
  const digits = random.pick(['9', '1', '0', '0x', '0b1', '0o7', '1_', '.', '-', '+', '1e', 'e9', '1.']).repeat(random.size(1, 50_000));
  const number = `${random.pick(['', '-', '+', '0x', '0', '0b', '.', '1e', '-0x'])}${digits}`;
  const keys = [
    'cpus',
    'mem_limit',
    'scale',
    'pids_limit',
    'shm_size',
    'cpu_shares',
    'oom_score_adj',
    'x-a',
    'stop_grace_period',
    'mem_swappiness',
  ];
  return `services:\n  web:\n    image: x\n${times(3, () => `    ${random.pick(keys)}: ${random.oneIn(2) ? `"${number}"` : number}\n`)}`;
}

function expressionSoup(random: Random): string {
  const tokens = [
    '$',
    '${',
    '}',
    '{',
    'A',
    'B',
    ':-',
    ':?',
    '?',
    '-',
    '+',
    ':+',
    '$$',
    '${A',
    '${A}',
    '${B:-',
    '$A',
    ' ',
    '\\n',
    'é',
    '!',
    '%',
    '\\',
    '/',
    'ſ',
  ];
  return times(random.size(1, 60), () => random.pick(tokens));
}

function interpolation(random: Random): Record<string, string> {
  const deep = random.size(2, 30_000);
  const operator = random.pick([':-', '-', ':+', '+', ':?', '?']);
  const nested = `\${A${operator}`.repeat(deep) + 'x' + '}'.repeat(random.oneIn(3) ? random.below(deep) : deep);
  const value = random.oneIn(3) ? nested : expressionSoup(random);
  const doubling = times(random.size(2, 40), index => `V${index + 1}=\${V${index}}\${V${index}}\n`);
  const env = random.pick(['A=1\nB=\n', '', `A=${value.replace(/\n/g, ' ')}\n`, `V0=xxxxxxxx\n${doubling}A=\${V${random.below(40)}}\n`]);
  return {
    'compose.yaml': `services:\n  web:\n    image: "${value.replace(/["\\]/g, '')}"\n    labels:\n      - ${'a=$A'.repeat(random.size(1, 300))}\n`,
    '.env': env,
  };
}

const dotenvTokens = [
  'A',
  'B',
  '=',
  ':',
  ' ',
  '\t',
  '\n',
  '\r\n',
  '#',
  ' #',
  '"',
  "'",
  '\\',
  '\\n',
  '\\"',
  "\\'",
  '$',
  '$A',
  '${B}',
  '${',
  '}',
  '$$',
  'export ',
  'é',
  '\ufeff',
  '\u0085',
  '\u00a0',
  '[',
  '.',
  '-',
  '\\012',
  '\\0101',
  '\0',
  '`',
  '%',
  ':-',
  '?',
];

function dotenvSoup(random: Random): string {
  return times(random.size(1, 80), () => random.pick(dotenvTokens));
}

function dotenv(random: Random): Record<string, string | Uint8Array> {
  const many = random.size(10, random.oneIn(10) ? MANY : 2000);
  const text = random.pick<() => string | Uint8Array>([
    () => dotenvSoup(random),
    () => dotenvSoup(random),
    () => times(many, index => `K${index}=v\n`),
    () => times(many, index => `K=\${K}${index}\n`),
    () => times(many, index => `K${index}="a\n`),
    () => times(many, () => 'bare\n'),
    () => times(many, () => '!\n'),
    () => `A="${random.pick(['a', '\\', '\\"', '$A', '${A}', '\n', "'"]).repeat(many)}${random.pick(['"', ''])}`,
    () => random.pick(['#', ' ', '\n', '=', 'A', 'A=', "'", '\r', '$']).repeat(many),
    () => mutated(random, 'export A="b c" # d\nB=\'e\'\nC: f\nD=${A:-g}\nE\n'),
    () => Uint8Array.from({ length: random.size(1, 300) }, () => random.below(256)),
  ])();
  const format = random.oneIn(3) ? [{ raw: true }] : [];
  const service = `services:\n  web:\n    image: x\n    env_file:\n      - path: a.env\n${format.length > 0 ? '        format: raw\n' : ''}`;
  return random.oneIn(2)
    ? { 'compose.yaml': 'services: {web: {image: "x$A"}}\n', '.env': text }
    : { 'compose.yaml': service, 'a.env': text };
}

/** Files that name each other, and services that extend each other. */
function loops(random: Random): Record<string, string> {
  const files = random.size(1, random.oneIn(20) ? 300 : 12);
  const file = (index: number) => (index === 0 ? 'compose.yaml' : `f${index}.yaml`);
  const any = () => file(random.below(files + 1));
  return Object.fromEntries(
    Array.from({ length: files }, (_, index) => {
      const include = random.oneIn(2) ? `include: [${Array.from({ length: random.size(1, 3) }, any).join(', ')}]\n` : '';
      const services = times(random.size(1, 6), service => {
        const target = random.oneIn(2) ? `s${random.below(6)}` : `{service: s${random.below(6)}, file: ${any()}}`;
        return `  s${service}:\n    image: x\n    extends: ${target}\n`;
      });
      return [file(index), `${include}services:\n${services}`];
    }),
  );
}

/** What is harmless once, very many times. */
function blowUp(random: Random): Record<string, string> {
  const count = random.size(100, random.oneIn(8) ? MANY : 5000);
  const item = random.pick([
    (index: number) => `      - "${index}"\n`,
    (index: number) => `      - a${index}=b\n`,
    (index: number) => `      - /a${index}:/b${index}\n`,
    (index: number) => `      - {a: ${index}}\n`,
    (index: number) => `      - s${index}\n`,
    () => '      - x\n',
    () => '      - ${A:?}\n',
    () => '      - {\n',
  ]);
  const list = random.pick([
    'ports',
    'environment',
    'volumes',
    'command',
    'depends_on',
    'labels',
    'x-a',
    'cap_add',
    'networks',
    'env_file',
    'tmpfs',
    'expose',
    'dns',
    'secrets',
    'devices',
    'nonsense',
  ]);
  const map = random.pick(['environment', 'labels', 'x-a', 'networks', 'ulimits', 'depends_on', 'sysctls', 'nonsense']);
  const service = random.pick([
    '{image: x}',
    '{}',
    '{image: x, depends_on: [s0]}',
    '{extends: s0}',
    '{image: "$A"}',
    '{wrong: 1}',
    'null',
    '{image: x, ports: ["80:80"]}',
  ]);
  const one = random.pick([
    () => `services:\n  web:\n    image: x\n    ${list}:\n${times(count, item)}`,
    () => `services:\n  web:\n    image: x\n    ${map}:\n${times(count, index => `      k${index}: v\n`)}`,
    () => `services:\n${times(count, index => `  s${index}: ${service}\n`)}`,
    () => `services:\n${times(count, index => `  s${index}: {image: x, depends_on: [s${index + 1}]}\n`)}  s${count}: {image: x}\n`,
    () => `services:\n${times(count, index => `  s${index}: {extends: s${index + 1}}\n`)}  s${count}: {image: x}\n`,
    () => times(count, index => `k${index}: v\n`),
    () => times(count, index => `x-${index}: v\n`),
    () => times(count, () => 'a: b\n'),
    () => `services: {web: {image: x}}\nvolumes:\n${times(count, index => `  v${index}:\n`)}`,
  ])();
  return random.oneIn(3)
    ? { 'compose.yaml': one, 'compose.override.yaml': random.oneIn(2) ? one : one.replaceAll(/\d/g, '7') }
    : { 'compose.yaml': one };
}

/** Kinds with how often they come. */
const kinds: readonly (readonly [string, number, Kind])[] = [
  ['random bytes', 6, random => Uint8Array.from({ length: random.size(1, 2000) }, () => random.below(256))],
  ['mutated file', 40, (random, { files }) => mutated(random, random.pick(files))],
  ['mutated with .env', 8, (random, { files }) => ({ 'compose.yaml': mutated(random, random.pick(files)), '.env': dotenvSoup(random) })],
  [
    'override',
    8,
    (random, { files }) => ({ 'compose.yaml': random.pick(files), 'compose.override.yaml': mutated(random, random.pick(files)) }),
  ],
  ['token soup', 40, random => times(random.size(1, 120), () => random.pick(soupTokens))],
  ['soup in a service', 20, random => `services:\n  web:\n    image: x\n    ${times(random.size(1, 60), () => random.pick(soupTokens))}\n`],
  ['nearly Compose', 60, nearlyCompose],
  ['deep nesting', 4, deeplyNested],
  ['aliases', 6, aliases],
  ['long', 3, long],
  ['many documents', 1, manyDocuments],
  ['encoding', 8, encoded],
  ['numbers', 4, numbers],
  ['interpolation', 12, interpolation],
  ['env file', 16, dotenv],
  ['loops', 8, loops],
  ['blow-up', 2, blowUp],
];

const weights = kinds.reduce((sum, [, weight]) => sum + weight, 0);

export interface NamedCase {
  readonly kind: string;
  readonly files: Case;
}

/** The case of a seed with a number. */
export function makeCase(seed: number, number: number, material: Material): NamedCase {
  const random = createRandom(seed, number);
  let left = random.below(weights);
  const [kind, , make] = kinds.find(([, weight]) => (left -= weight) < 0)!;
  const made = make(random, material);
  const files = typeof made === 'string' || made instanceof Uint8Array ? { 'compose.yaml': made } : made;
  return {
    kind,
    files: Object.fromEntries(Object.entries(files).map(([path, text]) => [path, typeof text === 'string' ? Buffer.from(text) : text])),
  };
}
