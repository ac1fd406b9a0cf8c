// Numbers and texts at the edges of what an attribute holds: what the reference keeps, cuts off, refuses; and what it fails at without need.
import { describe, expect, test } from 'vitest';
import { composeYaml, documentYaml } from '../../../src/exporters/compose.ts';
import { load, project } from './loading.ts';

describe('whole numbers', () => {
  const printed = async (attributes: string) => {
    const lines = async (more: string) => composeYaml(await project(`services: {web: {image: i${more}}}\n`)).split('\n');
    const usual = await lines('');
    return (await lines(`, ${attributes}`)).filter(line => !usual.includes(line)).join('\n');
  };

  test.each([
    ['mem_limit: 9007199254740993', 'mem_limit: "9007199254740993"'],
    ['mem_limit: "9007199254740993"', 'mem_limit: "9007199254740993"'],
    ['mem_limit: "9223372036854775808"', 'mem_limit: "-9223372036854775808"'],
    ['mem_limit: 9223372036854775808', ''],
    ['pids_limit: 9007199254740993', 'pids_limit: 9007199254740993'],
    ['pids_limit: 18446744073709551615', 'pids_limit: -1'],
    ['pids_limit: 1e30', 'pids_limit: -9223372036854775808'],
    ['oom_score_adj: "+5"', 'oom_score_adj: 5'],
  ])('of %s are printed with the digits that the reference keeps', async (attribute, line) => {
    expect((await printed(attribute)).trim()).toBe(line);
  });

  test.each([
    ['healthcheck: {retries: 18446744073709551615}', 'retries: 18446744073709551615'],
    ['healthcheck: {retries: 1e30}', 'retries: 9223372036854775808'],
    ['blkio_config: {weight: 65537}', 'weight: 1'],
    ['ports: [{target: 4294967297}]', 'target: 1'],
    ['secrets: [{source: s, mode: 9007199254740993}]', 'mode: "0400000000000000001"'],
    ['ulimits: {nofile: 9007199254740993}', 'nofile: 9007199254740993'],
  ])('of %s keep the bits of their attribute', async (attribute, line) => {
    const text = `services: {web: {image: i, ${attribute}}}\nsecrets: {s: {file: ./s}}\n`;
    expect(composeYaml(await project(text))).toContain(line);
  });

  test.each([
    'ulimits: {nofile: 9223372036854775808}',
    'expose: [9223372036854775808]',
    'ports: [{target: 1, published: 1e3}]',
    'scale: 9223372036854775808',
  ])('that the reference refuses are refused: %s', async attribute => {
    expect((await load(`services: {web: {image: i, ${attribute}}}\n`)).ok).toBe(false);
  });
});

test('a service that extends an empty one of another file keeps saying so', async () => {
  const files = {
    '/p/compose.yaml': 'services: {web: {image: i, extends: {file: base.yaml, service: b}}}\n',
    '/p/base.yaml': 'services: {b: }\n',
  };
  const { services } = await project(files);
  expect(services['web']?.extends).toEqual({ file: '/p/base.yaml', service: 'b' });
});

describe('what the reference fails at, and need not', () => {
  test('a number among the driver options of a secret is its text', async () => {
    const { secrets } = await project('services: {web: {image: i}}\nsecrets: {s: {file: ./s, driver_opts: {n: 1.5}}}\n', {
      allResources: true,
    });
    expect({ ...secrets['s']?.driver_opts }).toEqual({ n: '1.5' });
  });

  test('limits of a build may stand in quotes, as those of a service may', async () => {
    const text = 'services: {web: {build: {context: ., ulimits: {core: "5", nofile: {soft: "1", hard: "2"}}}}}\n';
    const { services } = await project(text);
    expect({ ...services['web']?.build?.ulimits }).toEqual({ core: 5, nofile: { soft: 1, hard: 2 } });
  });

  test('without interpolation, what says whether a volume is external is printed as it is written', async () => {
    const found = await load('services: {}\nvolumes: {v: {external: "${E:-true}"}}\n', { skip: { interpolation: true, typing: true } });
    expect(found.ok && documentYaml(found.document)).toContain('external: ${E:-true}');
  });

  test('variables are found in a file with values of the wrong kind', async () => {
    const skip = { interpolation: true, typing: true, validation: true, consistency: true };
    const found = await load('services: {w: {image: "$A", volumes: , ports: x}}\nnetworks:\n', { skip });
    expect(found.ok && found.variables).toMatchObject([{ name: 'A' }]);
  });
});

test('a bind mount without a source is refused where its path is made absolute, and only there', async () => {
  const text = 'services: {web: {image: i, volumes: [{type: bind, target: /t}]}}\n';
  expect((await load(text)).ok).toBe(false);
  expect((await load(text, { skip: { pathResolution: true } })).ok).toBe(true);
});
