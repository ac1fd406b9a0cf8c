// Canonical trees to typed projects: what each kind of attribute becomes, what is refused, and where values come from.
import { describe, expect, test } from 'vitest';
import { type ProjectFacts, toProject } from '../../../src/compose/project.ts';
import { createReport } from '../../../src/diagnostics/report.ts';
import type { Mapping } from '../../../src/document/node.ts';
import { parseDocuments } from '../../../src/document/parse.ts';
import { named } from '../../../src/model/named.ts';
import { originSpan } from '../../../src/source/origin.ts';
import { spanPosition } from '../../../src/source/span.ts';

const facts: ProjectFacts = {
  name: 'shop',
  nameFrom: 'file',
  directory: '/shop',
  files: ['/shop/compose.yaml'],
  envFiles: [],
  environment: named([['TOKEN', 'content']]),
  profiles: [],
};

async function project(text: string) {
  const report = createReport();
  const [document] = await parseDocuments({ path: '/shop/compose.yaml', text }, report);
  const made = toProject(document as Mapping, facts, report);
  return { project: made, report, said: report.all().map(({ code, message }) => `${code} ${message}`) };
}

async function service(text: string) {
  const { project: made, report, said } = await project(`services:\n  web: {${text}}\n`);
  return { service: made.services['web'], report, said };
}

test('a service knows its name, and that no command is set', async () => {
  const { service: web } = await service('image: nginx');
  expect(web).toEqual({ name: 'web', image: 'nginx', command: null, entrypoint: null });
});

describe('a command', () => {
  test.each([
    ['command: sleep "1 2"', ['sleep', '1 2']],
    ['command: ""', []],
    ['command: []', []],
    ['command: [a, 1]', ['a', '1']],
    ['command: null', null],
  ])('%s has its words', async (text, words) => {
    const { service: web, said } = await service(text);
    expect(web?.command).toEqual(words);
    expect(said).toEqual([]);
  });

  test('with an operator of the shell is cut there, with a warning that does not repeat it', async () => {
    const { service: web, said } = await service('command: echo a && login hunter2');
    expect(web?.command).toEqual(['echo', 'a']);
    expect(said).toEqual(['value.shell-operator services.web.command: no shell runs this command, so "&&" and what follows is dropped']);
  });

  test('with an open quote is refused', async () => {
    expect((await service(`command: "it's"`)).said).toEqual(['value.invalid services.web.command: invalid command line string']);
  });
});

describe('values', () => {
  test('are read by their kind', async () => {
    const { service: web, said } = await service(
      'stop_grace_period: 90s, mem_limit: 64m, memswap_limit: -1, shm_size: 1024, cpus: 0.5, cpu_shares: 08, init: false, ' +
        'healthcheck: {test: curl x, interval: 0s, retries: 0}, configs: [{source: c, mode: 0440}], secrets: [{source: s, mode: "0400"}], ' +
        'gpus: [{count: all}], ulimits: {nproc: 5, nofile: {soft: 1, hard: 2}}, dns: 1.1.1.1, expose: [80, 81-82]',
    );
    expect(said).toEqual([]);
    expect(web).toMatchObject({
      stop_grace_period: '1m30s',
      mem_limit: 67108864,
      memswap_limit: -1,
      shm_size: 1024,
      cpus: 0.5,
      cpu_shares: 8,
      init: false,
      healthcheck: { test: ['CMD-SHELL', 'curl x'], interval: '0s', retries: 0 },
      configs: [{ source: 'c', mode: '0440' }],
      secrets: [{ source: 's', mode: '0400' }],
      gpus: [{ count: -1 }],
      ulimits: { nproc: 5, nofile: { soft: 1, hard: 2 } },
      dns: ['1.1.1.1'],
      expose: ['80', '81-82'],
    });
  });

  test('of user keys become the texts that Go prints', async () => {
    const { service: web } = await service(
      'labels: {a: 1.50, b: 1e6, c: true, d: , e: 2020-01-01, f: 010, g: "1.50"}, environment: {a: , b: 1}',
    );
    expect({ ...web?.labels }).toEqual({ a: '1.5', b: '1e+06', c: 'true', d: '', e: '2020-01-01 00:00:00 +0000 UTC', f: '8', g: '1.50' });
    expect({ ...web?.environment }).toEqual({ a: null, b: '1' });
  });

  test('of lists of KEY=VALUE become maps, the last one of a key winning', async () => {
    const { service: web } = await service('labels: [a=1, b, c=d=e, a=2], environment: [A=1, B, C=]');
    expect({ ...web?.labels }).toEqual({ a: '2', b: '', c: 'd=e' });
    expect({ ...web?.environment }).toEqual({ A: '1', B: null, C: '' });
  });

  test('of extra hosts are sorted, with one entry for each address', async () => {
    const fromMap = await service('extra_hosts: {b: "[::1]", a: [1.1.1.1, 2.2.2.2]}');
    const fromList = await service('extra_hosts: ["b:::1", "a=1.1.1.1,2.2.2.2"]');
    expect(fromMap.service?.extra_hosts).toEqual(['a=1.1.1.1', 'a=2.2.2.2', 'b=::1']);
    expect(fromList.service?.extra_hosts).toEqual(['a=1.1.1.1', 'a=2.2.2.2', 'b=::1']);
  });

  test('of booleans may be the words of YAML 1.1, with a warning', async () => {
    const { service: web, report } = await service('attach: "no", build: {privileged: "On"}, init: "TRUE"');
    expect(web).toMatchObject({ attach: false, build: { privileged: true }, init: true });
    expect(report.all().map(one => `${one.code} ${one.message}`)).toEqual([
      'interpolation.yaml11-boolean "no" for boolean is not supported by YAML 1.2, please use `false`',
      'interpolation.yaml11-boolean "On" for boolean is not supported by YAML 1.2, please use `true`',
    ]);
  });

  test('of options of a provider that are empty lists say nothing', async () => {
    const { service: web } = await service('provider: {type: p, options: {a: [], b: c}}');
    expect({ ...web?.provider?.options }).toEqual({ b: ['c'] });
  });

  test('that are a date where a command belongs are left out, with a warning', async () => {
    const { service: web, report } = await service('command: 2020-01-01');
    expect(web?.command).toBeNull();
    expect(report.all().map(one => one.code)).toEqual(['value.suspicious']);
  });

  test('that are numbers where the reference panics are taken', async () => {
    const { service: web } = await service('build: {additional_contexts: {a: 1.5}}, ulimits: {core: {soft: 1.0, hard: 2}}');
    expect({ ...web?.build?.additional_contexts }).toEqual({ a: '1.5' });
    expect(web?.ulimits?.['core']).toEqual({ soft: 1, hard: 2 });
  });

  test('of user keys may be dates', async () => {
    const { service: web } = await service('labels: {a: 2020-01-01}');
    expect({ ...web?.labels }).toEqual({ a: '2020-01-01 00:00:00 +0000 UTC' });
  });

  test('that mean "nothing set" stay apart from empty ones', async () => {
    const { service: web } = await service('networks: {a: , b: {}}, models: {m: }, logging: , build: {args: {}}, ports: []');
    expect(web).toMatchObject({ networks: { a: null, b: {} }, models: { m: null }, build: { args: {} }, ports: [] });
    expect(web && 'logging' in web).toBe(false);
  });

  test('that are true unless said otherwise are there', async () => {
    const { service: web } = await service('volumes: [{type: bind, bind: {}}], env_file: [{path: a}, {path: b, required: false}]');
    expect(web?.volumes?.[0]?.bind).toEqual({ create_host_path: true });
    expect(web?.env_file).toEqual([
      { path: 'a', required: true },
      { path: 'b', required: false },
    ]);
  });
});

describe('a value that cannot be read', () => {
  test.each([
    ['stop_grace_period: "30"', 'services.web.stop_grace_period: "30" is not a duration', 'Add a unit: "30s" for seconds.'],
    ['mem_limit: 1Gi', 'services.web.mem_limit: "1Gi" is not a size', 'Write "1g".'],
    ['healthcheck: {retries: -1}', 'services.web.healthcheck.retries: -1 is less than 0', 'Write 0 or more.'],
    ['cpus: fast', 'services.web.cpus: "fast" is not a number', 'Write a number.'],
    ['deploy: {resources: {limits: {cpus: " "}}}', 'services.web.deploy.resources.limits.cpus: " " is not a number', 'Write a number.'],
    ['pids_limit: few', 'services.web.pids_limit: "few" is not a whole number', 'Write a whole number.'],
    ['configs: [{mode: "9"}]', 'services.web.configs[0].mode: "9" is not a file mode', 'Write octal digits, such as "0440".'],
    ['extra_hosts: [a=1.1.1.1, x]', 'services.web.extra_hosts[1]: invalid additional host, missing IP: x', 'Write "x=ADDRESS".'],
    ['extra_hosts: {"": 1.1.1.1}', "services.web.extra_hosts.: bad host name ''", 'Write host=address.'],
    ['attach: "1"', 'services.web.attach: "1" is not true or false', 'Write true or false.'],
    ['hostname: 2020-01-01', 'services.web.hostname: 2020-01-01 is a date, not a text', 'Put it in quotes: "2020-01-01".'],
    ['cap_add: [2020-01-01]', 'services.web.cap_add[0]: 2020-01-01 is a date, not a text', 'Put it in quotes: "2020-01-01".'],
    ['ulimits: {core: 1e3}', 'services.web.ulimits.core: 1e3 is not a whole number', 'Write a whole number.'],
    ['gpus: [{count: 1.0}]', 'services.web.gpus[0].count: 1.0 is not a whole number', 'Write a whole number.'],
    ['configs: [{mode: 3.0}]', 'services.web.configs[0].mode: "3" is not a file mode', 'Write octal digits, such as "0440".'],
    [
      'environment: ["A =1"]',
      'services.web.environment: environment variable A  is declared with a trailing space',
      'Remove the blank before "=".',
    ],
    ['build: {context: [a]}', 'services.web.build.context: must be one value, and is a list', undefined],
  ])('%s is refused', async (text, message, hint) => {
    const { report } = await service(text);
    expect(report.all().map(one => [one.code, one.message, one.hint])).toEqual([['value.invalid', message, hint]]);
  });

  test('does not hide the next one, and leaves the rest of the project', async () => {
    const { project: made, said } = await project('services:\n  a: {mem_limit: x, image: i, shm_size: y}\n  b: {image: j}\n');
    expect(said).toHaveLength(2);
    expect(Object.keys(made.services)).toEqual(['a', 'b']);
    expect(made.services['a']?.image).toBe('i');
  });
});

test('content of secrets and configs comes from the variable they name', async () => {
  const { project: made } = await project(
    'secrets:\n  a: {environment: TOKEN}\n  b: {environment: NONE}\nconfigs:\n  c: {environment: TOKEN}\n',
  );
  expect(made.secrets['a']?.value).toBe('content');
  expect(made.secrets['b']?.value).toBeUndefined();
  expect(made.configs['c']?.value).toBe('content');
});

test('x- keys are extensions where attributes stand, and names where names stand', async () => {
  const { project: made } = await project(
    'x-a: 1\nservices:\n  x-web: {image: i, x-b: 1, labels: {x-c: 1}, gpus: [{x-d: 1}], deploy: {x-e: {f: 1}}}\nnetworks:\n  x-net: {x-g: 1}\n',
  );
  expect(Object.keys(made.extensions)).toEqual(['x-a']);
  const web = made.services['x-web'];
  expect(Object.keys(web?.extensions ?? {})).toEqual(['x-b']);
  expect({ ...web?.labels }).toEqual({ 'x-c': '1' });
  expect(web?.gpus).toEqual([{}]);
  expect(Object.keys(web?.deploy?.extensions ?? {})).toEqual(['x-e']);
  expect(Object.keys(made.networks['x-net']?.extensions ?? {})).toEqual(['x-g']);
});

test('names such as __proto__ and 10 are names like any other', async () => {
  const { project: made } = await project('services:\n  "10": {image: a}\n  __proto__: {image: b, environment: {__proto__: c}}\n');
  expect(Object.keys(made.services).sort()).toEqual(['10', '__proto__']);
  const odd = '__proto__';
  expect(made.services[odd]?.environment?.[odd]).toBe('c');
});

describe('the origin', () => {
  const text = 'services:\n  web.1:\n    image: i\n    ports:\n      - target: 80\n      - target: 81\n    labels:\n      a.b[0]: c\n';

  test.each([
    ['services', 2],
    ['services.web.1', 3],
    ['services.web.1.image', 3],
    ['services.web.1.ports[1].target', 6],
    ['services.web.1.labels.a.b[0]', 8],
    ['services.web.1.ports[1].published', 6],
    ['services.web.1.ports[7]', 5],
    ['services.web.1.scale', 3],
  ])('of %s is in line %i', async (path, line) => {
    const { project: made } = await project(text);
    const origin = made.origins.at(path);
    const span = origin && originSpan(origin);
    expect(span && spanPosition(span).line).toBe(line);
  });
});
