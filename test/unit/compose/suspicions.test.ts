// Suspicions of `fig check`: each with its place, and none where what is written may well be meant.
import { describe, expect, test } from 'vitest';
import { lookForSuspicions } from '../../../src/compose/suspicions.ts';
import { createReport } from '../../../src/diagnostics/report.ts';
import { memoryReader } from '../../../src/source/readers/memory.ts';
import { formatPlace } from '../../../src/source/span.ts';
import { project, type Settings } from './loading.ts';

async function suspicions(text: string, files: Record<string, string> = {}, settings: Settings = {}): Promise<readonly string[]> {
  const all = { '/p/compose.yaml': text, ...files };
  const report = createReport();
  await lookForSuspicions(await project(all, { allResources: true, ...settings }), memoryReader(all), report);
  return report.all().map(({ code, span, message }) => `${code} ${span ? formatPlace(span) : '-'} ${message}`);
}

const service = (name: string, rest: string) => `  ${name}:\n    image: i\n${rest.replace(/^/gm, '    ')}\n`;

describe('a dependency that is to be healthy', () => {
  const waiting = service('web', 'depends_on: {db: {condition: service_healthy}}');

  test('and has no health check in the file', async () => {
    expect(await suspicions(`services:\n${waiting}${service('db', 'command: x')}`)).toEqual([
      'check.no-healthcheck /p/compose.yaml:4:34 service "web" waits until "db" is healthy, and the file gives it no health check',
    ]);
  });

  test.each(['healthcheck: {disable: true}', 'healthcheck: {test: ["NONE"]}'])('and has its check switched off by %s', async check => {
    const [found] = await suspicions(`services:\n${waiting}${service('db', check)}`);
    expect(found).toContain('its health check is switched off');
  });

  test('and has one is no suspicion, nor is one that need only be started', async () => {
    expect(await suspicions(`services:\n${waiting}${service('db', 'healthcheck: {test: "true"}')}`)).toEqual([]);
    expect(await suspicions(`services:\n${service('web', 'depends_on: [db]')}${service('db', 'command: x')}`)).toEqual([]);
  });

  test('is looked at in a profile that is switched off, too', async () => {
    const off = service('web', 'profiles: [x]\ndepends_on: {db: {condition: service_healthy}}');
    expect(await suspicions(`services:\n${off}${service('db', 'command: x')}`)).toHaveLength(1);
  });
});

describe('one port of the host for two', () => {
  const ports = (first: string, second: string) => `services:\n${service('a', first)}${service('b', second)}`;

  test('is told at the later one', async () => {
    expect(await suspicions(ports('ports: ["8080:80"]', 'ports: ["8080:81"]'))).toEqual([
      'check.port-clash /p/compose.yaml:7:13 services "a" and "b" both publish port 8080/tcp',
    ]);
  });

  test.each([
    ['another protocol', 'ports: ["8080:80"]', 'ports: ["8080:80/udp"]'],
    ['other addresses', 'ports: ["127.0.0.1:8080:80"]', 'ports: ["127.0.0.2:8080:80"]'],
    ['ranges, of which the engine takes what is free', 'ports: ["8080-8090:80"]', 'ports: ["8080-8090:80"]'],
    ['ports that the engine chooses', 'ports: ["80"]', 'ports: ["80"]'],
    ['profiles of their own', 'profiles: [x]\nports: ["8080:80"]', 'profiles: [y]\nports: ["8080:80"]'],
    ['no containers', 'scale: 0\nports: ["8080:80"]', 'ports: ["8080:80"]'],
  ])('is none with %s', async (_, first, second) => {
    expect(await suspicions(ports(first, second))).toEqual([]);
  });

  test('is one with an address and with all of them', async () => {
    expect(await suspicions(ports('ports: ["127.0.0.1:8080:80"]', 'ports: ["8080:80"]'))).toHaveLength(1);
  });

  test('is told of replicas that are more than the ports', async () => {
    expect(await suspicions(`services:\n${service('a', 'scale: 3\nports: ["8080:80"]')}`)).toEqual([
      'check.port-clash /p/compose.yaml:5:13 service "a" has 3 containers, and one port of the host for them: 8080/tcp',
    ]);
    expect(await suspicions(`services:\n${service('a', 'scale: 3\nports: ["8080-8082:80"]')}`)).toEqual([]);
  });
});

describe('a variable that is not set', () => {
  const text = 'services:\n  a:\n    image: "i:${TAG}"\n    ports: ["${PORT}:80"]\n';

  test('is told with what is left of an image or a port', async () => {
    expect(await suspicions(text)).toEqual([
      'check.empty-variable /p/compose.yaml:3:12 services.a.image: TAG is not set, and what is left is "i:"',
      'check.empty-variable /p/compose.yaml:4:13 services.a.ports[0]: PORT is not set, and the engine chooses the port of the host',
    ]);
  });

  test('is none where it is set, or has a default', async () => {
    expect(await suspicions(text, {}, { environment: { TAG: '1', PORT: '8080' } })).toEqual([]);
    expect(await suspicions(text.replace('${TAG}', '${TAG:-1}').replace('${PORT}', '${PORT-8080}'))).toEqual([]);
    expect(await suspicions(text, { '/p/.env': 'TAG=1\nPORT=8080\n' })).toEqual([]);
  });

  test('is none where the env file of an include sets it', async () => {
    const files = { '/p/in/compose.yaml': text, '/p/in/.env': 'TAG=1\nPORT=8080\n' };
    expect(await suspicions('include: [in/compose.yaml]\n', files)).toEqual([]);
  });
});

describe('what no service uses', () => {
  test.each([
    ['networks', 'n: {}', 'network'],
    ['volumes', 'n: {}', 'volume'],
    ['configs', 'n: {content: x}', 'config'],
    ['secrets', 'n: {environment: X}', 'secret'],
    ['models', 'n: {model: m}', 'model'],
  ])('in %s', async (section, entry, what) => {
    expect(await suspicions(`services:\n${service('a', 'command: x')}${section}:\n  ${entry}\n`)).toEqual([
      `check.unused /p/compose.yaml:6:3 ${what} "n" is declared, and no service uses it`,
    ]);
  });

  test('is used by a service that is switched off', async () => {
    expect(await suspicions(`services:\n${service('a', 'profiles: [x]\nnetworks: [n]')}networks:\n  n: {}\n`)).toEqual([]);
  });
});

describe('what is not there', () => {
  test('a bind mount, and what the engine will do', async () => {
    const long = '- {type: bind, source: ./b, target: /b, bind: {create_host_path: false}}';
    expect(await suspicions(`services:\n${service('a', `volumes:\n  - ./a:/a\n  ${long}`)}`)).toEqual([
      'check.missing-file /p/compose.yaml:5:9 the bind mount source /p/a is not there, and the engine will make an empty folder there, as root',
      'check.missing-file /p/compose.yaml:6:9 the bind mount source /p/b is not there, and the engine will refuse the mount',
    ]);
  });

  test('a build context, or a Dockerfile in one that is there', async () => {
    const text = `services:\n${service('a', 'build: ./app')}`;
    expect(await suspicions(text)).toEqual([
      'check.missing-file /p/compose.yaml:4:12 the build context /p/app is not there, and the build will fail',
    ]);
    const [found] = await suspicions(text.replace('./app', '{context: app, dockerfile: ./one/../two}'), { '/p/app/main.c': '' });
    expect(found).toContain('the Dockerfile /p/app/two is not there');
    expect(await suspicions(text, { '/p/app/Dockerfile': '' })).toEqual([]);
  });

  test.each(['build: https://example.com/app.git', 'build: {context: ., dockerfile_inline: FROM i}'])('%s needs no file', async build => {
    expect(await suspicions(`services:\n${service('a', build)}`)).toEqual([]);
  });

  test('the file of a secret that nobody uses is of no account', async () => {
    expect(await suspicions(`services:\n${service('a', 'command: x')}secrets:\n  s: {file: s.txt}\n`)).toEqual([
      'check.unused /p/compose.yaml:6:3 secret "s" is declared, and no service uses it',
    ]);
  });

  test('the file of a secret or a config', async () => {
    const text = `services:\n${service('a', 'secrets: [s]\nconfigs: [c]')}secrets: {s: {file: s.txt}}\nconfigs: {c: {file: c.txt}}\n`;
    expect(await suspicions(text)).toEqual([
      'check.missing-file /p/compose.yaml:6:21 the file of secret "s" /p/s.txt is not there, and what uses it will not start',
      'check.missing-file /p/compose.yaml:7:21 the file of config "c" /p/c.txt is not there, and what uses it will not start',
    ]);
    expect(await suspicions(text, { '/p/s.txt': '', '/p/c.txt': '' })).toEqual([]);
  });
});
