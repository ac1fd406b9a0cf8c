// Interpolation over documents: where it happens, what it casts, and where its complaints point.
import { expect, test } from 'vitest';
import { processVariables, withFallbacks } from '../../../src/compose/environment.ts';
import { interpolate } from '../../../src/compose/interpolate.ts';
import { createRoom } from '../../../src/compose/template.ts';
import { createReport } from '../../../src/diagnostics/report.ts';
import { child } from '../../../src/document/node.ts';
import { named } from '../../../src/model/named.ts';
import { formatPlace } from '../../../src/source/span.ts';
import { mapping, plain } from './nodes.ts';

async function run(text: string, environment: Record<string, string> = {}) {
  const report = createReport();
  const variables = processVariables(named(Object.entries(environment)));
  const document = interpolate(await mapping(text), { variables, report, warned: new Set(), room: createRoom() });
  const found = report.all().map(({ code, span, message }) => `${code} ${span ? formatPlace(span) : '-'} ${message.split('\n')[0]}`);
  return { document, found };
}

test('values are interpolated, keys and comments are not', async () => {
  const { document, found } = await run('x-a: {"$A": "$A"} # $B\nb: ["${A}", 1]', { A: 'v' });
  expect(plain(document)).toEqual({ 'x-a': { $A: 'v' }, b: ['v', 1] });
  expect(found).toEqual([]);
});

test('attributes that want a number or a boolean get one', async () => {
  const text = `
services:
  web:
    scale: "\${N}"
    cpus: "0.5"
    privileged: "\${ON:-true}"
    tty: "no"
    healthcheck: {retries: "3"}
    hostname: "\${N}"
networks: {n: {internal: "\${ON:-FALSE}"}}
`;
  const { document, found } = await run(text, { N: '2' });
  expect(plain(document)).toEqual({
    services: { web: { scale: 2, cpus: 0.5, privileged: true, tty: false, healthcheck: { retries: 3 }, hostname: '2' } },
    networks: { n: { internal: false } },
  });
  expect(found).toEqual([
    'interpolation.yaml11-boolean /p/compose.yaml:7:10 "no" for boolean is not supported by YAML 1.2, please use `false`',
  ]);
});

test.each([
  ['scale: "two"', '"two" is not a whole number'],
  ['scale: "0x10"', '"0x10" is not a whole number'],
  ['scale: ""', 'the value is empty, and is not a whole number'],
  ['cpu_count: "99999999999999999999"', '"99999999999999999999" is beyond the numbers that 64 bits hold'],
  ['cpus: "half"', '"half" is not a number'],
  ['tty: "maybe"', '"maybe" is not true or false'],
])('%s cannot be cast', async (line, reason) => {
  const { found } = await run(`services: {web: {${line}}}`);
  const key = line.split(':')[0];
  expect(found).toEqual([`interpolation.cast /p/compose.yaml:1:${19 + key!.length + 1} services.web.${key}: ${reason}`]);
});

test('every failing value is reported at the expression, in any style of scalar', async () => {
  const { found } = await run(`
services:
  web:
    image: "nginx:\${TAG:?set a tag}"
    command: [a, 'b \${}']
    hostname: \${HOST}
    labels:
      long: |
        first
        second \${A.B}
`);
  expect(found).toEqual([
    'interpolation.required-variable /p/compose.yaml:4:19 error while interpolating services.web.image: required variable TAG is missing a value: set a tag',
    'interpolation.format /p/compose.yaml:5:21 invalid interpolation format for services.web.command.[].',
    'interpolation.unset-variable /p/compose.yaml:6:15 The "HOST" variable is not set. Defaulting to a blank string.',
    'interpolation.format /p/compose.yaml:10:16 invalid interpolation format for services.web.labels.long.',
  ]);
});

test('an unset variable is warned of once, a broken anchor complained of once', async () => {
  const { found } = await run('x-a: &a {v: "$NOPE $NOPE"}\nx-b: *a\nx-c: "$NOPE"\nx-d: &d {v: "${}"}\nx-e: *d');
  expect(found.map(one => one.split(' ')[0])).toEqual(['interpolation.unset-variable', 'interpolation.format']);
});

test('a value remembers the variable, and the env file that set it', async () => {
  const origin = { how: 'written', span: { file: { path: '/p/.env', text: 'A=1' }, start: 0, end: 3 } } as const;
  const variables = withFallbacks(processVariables(named([['B', 'b']])), new Map([['A', { value: '1', origin }]]));
  const document = interpolate(await mapping('a: $A\nb: $B'), { variables, report: createReport(), warned: new Set(), room: createRoom() });
  expect(child(document, 'a')?.origin).toMatchObject({ how: 'interpolated', variable: 'A', set: origin });
  expect(child(document, 'b')?.origin).toMatchObject({ how: 'interpolated', variable: 'B', set: 'environment' });
});
