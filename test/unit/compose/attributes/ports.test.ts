// compose/attributes/ports.ts: short and long forms of ports.
import { expect, test } from 'vitest';
import { attributeAt } from '../../../../src/compose/attributes/table.ts';
import { createReport } from '../../../../src/diagnostics/report.ts';
import { mapping } from '../nodes.ts';
import { canonical } from './forms.ts';

/** Ports as `host_ip:published:target/protocol`. */
async function ports(list: string): Promise<readonly string[]> {
  const { service, messages } = await canonical(`ports: ${list}`);
  const found = service['ports'] as readonly Record<string, unknown>[];
  return [...found.map(port => `${port['host_ip'] ?? ''}|${port['published'] ?? ''}|${port['target']}/${port['protocol']}`), ...messages];
}

test.each([
  ['["80"]', ['||80/tcp']],
  ['[80]', ['||80/tcp']],
  ['["8080:80"]', ['|8080|80/tcp']],
  ['["8080:80/UDP"]', ['|8080|80/udp']],
  ['["127.0.0.1:8080:80"]', ['127.0.0.1|8080|80/tcp']],
  ['["[::1]:8080:80"]', ['::1|8080|80/tcp']],
  ['["::1:7001:7001"]', ['::1|7001|7001/tcp']],
  ['["127.0.0.1::80"]', ['127.0.0.1||80/tcp']],
  ['[":80"]', ['||80/tcp']],
  ['["080:+80"]', ['|80|80/tcp']],
  ['["9000-9005:70"]', ['|9000-9005|70/tcp']],
  ['["3000-3001"]', ['||3000/tcp', '||3001/tcp']],
  ['["8009-8011:80-82/udp"]', ['|8009|80/udp', '|8010|81/udp', '|8011|82/udp']],
])('%s is %j', async (list, expected) => expect(await ports(list)).toEqual(expected));

test('the ports of one range stand in the order of their texts', async () => {
  expect(await ports('["8-11"]')).toEqual(['||10/tcp', '||11/tcp', '||8/tcp', '||9/tcp']);
});

test('defaults go to the long form, and what is written stays', async () => {
  const { service } = await canonical('ports: [{target: 80}, {target: 81, mode: host, protocol: udp, name: n}]');
  expect(service['ports']).toEqual([
    { target: 80, protocol: 'tcp', mode: 'ingress' },
    { target: 81, mode: 'host', protocol: 'udp', name: 'n' },
  ]);
});

test.each([
  ['"http:80"', 'invalid hostPort: http'],
  ['"80:70000"', 'invalid containerPort: 70000'],
  ['"80:80/http"', 'invalid proto: http'],
  ['"80:80/tcp/udp"', 'invalid proto: tcp/udp'],
  ['"999.1.1.1:80:80"', 'invalid IP address: 999.1.1.1'],
  ['""', 'no port specified: <empty>'],
  ['"8000-8002:80-81"', 'invalid ranges specified for container and host Ports: 80-81 and 8000-8002'],
  ['"81-80"', 'invalid containerPort: 81-80'],
  ['80.5', 'invalid type float64 for port'],
  ['"0"', 'service port is missing a target port: 0'],
])('%s is refused: %s', async (item, problem) => {
  const { service, messages } = await canonical(`ports: [${item}, "90"]`);
  expect(messages).toEqual([`services.web.ports[0]: ${problem}`]);
  expect(service['ports']).toHaveLength(1);
});

test('a host address of the long form is an address', async () => {
  const { messages } = await canonical('ports: [{target: 80, host_ip: localhost}]');
  expect(messages).toEqual(['services.web.ports[0].host_ip: invalid ip address: localhost']);
});

test('a list with a variable in it stays as it is while variables are not put in', async () => {
  const { service, messages } = await canonical('ports: ["80", "${PORT}:80"]', true);
  expect(service['ports']).toEqual(['80', '${PORT}:80']);
  expect(messages).toEqual([]);
});

test('ports are the same by address, published port, target and protocol; short forms by their text', async () => {
  const row = attributeAt(['services', 'web', 'ports'])!;
  const keyOf = async (item: string) => row.unique!((await mapping(`a: ${item}`)).entries.get('a')!.value, [], createReport());
  const long = '{target: 80, published: "8080", host_ip: 0.0.0.0, protocol: tcp}';
  expect(await keyOf('{target: 80, published: "8080"}')).toBe(await keyOf(long));
  expect(await keyOf('{target: 80, published: 8080}')).toBe(await keyOf('{target: "80", published: 8080}'));
  expect(await keyOf('{target: 80, published: 8080}')).not.toBe(await keyOf(long));
  expect(await keyOf('{target: 80, protocol: udp}')).not.toBe(await keyOf('{target: 80}'));
  expect(await keyOf('80')).toBe(await keyOf('"80"'));
  expect(await keyOf('{published: 80}')).toBeUndefined();
});
