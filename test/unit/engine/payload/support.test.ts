// What cannot be brought to an engine is refused with its place; what is delivered before a start; networks, volumes and commands.
import { describe, expect, test } from 'vitest';
import { execPayload } from '../../../../src/engine/payload/exec.ts';
import { filesToDeliver } from '../../../../src/engine/payload/files.ts';
import { networkPayload } from '../../../../src/engine/payload/network.ts';
import { unsupported } from '../../../../src/engine/payload/support.ts';
import { volumePayload } from '../../../../src/engine/payload/volume.ts';
import { formatPlace } from '../../../../src/source/span.ts';
import { project } from '../../compose/loading.ts';

async function refusals(text: string, environment: Record<string, string> = {}): Promise<readonly string[]> {
  return unsupported(await project(text, { environment })).map(
    ({ code, message, span }) => `${span && formatPlace(span)} ${code}: ${message}`,
  );
}

const a = (attributes: string, rest = '') => `name: p\nservices:\n  a: {image: i, ${attributes}}\n${rest}`;

describe('refused with its place', () => {
  test.each([
    [
      'use_api_socket: true, read_only: true',
      '',
      '3:33 project.inconsistent: cannot create config "" in read-only service a: `file` is the sole supported option',
    ],
    ['dns: [nowhere]', '', '3:23 project.inconsistent: invalid DNS address: ParseAddr("nowhere"): unable to parse IP'],
    ['networks: {default: {ipv4_address: 1.2.3}}', '', 'invalid IPv4 address: ParseAddr("1.2.3")'],
    ['networks: {default: {ipv6_address: "::x"}}', '', 'invalid IPv6 address: ParseAddr("::x")'],
    ['networks: {default: {link_local_ips: [x]}}', '', 'invalid link-local IP: ParseAddr("x")'],
    ['networks: {default: {mac_address: "02:42"}}', '', 'invalid MAC address: address 02:42: invalid MAC address'],
    ['mac_address: x', '', '3:30 project.inconsistent: invalid MAC address: address x: invalid MAC address'],
    ['security_opt: [what]', '', '3:32 project.inconsistent: invalid security-opt: "what"'],
    ['secrets: [s]', 'secrets:\n  s: {external: true}\n', '3:27 project.inconsistent: unsupported external secret s'],
    [
      'secrets: [s], read_only: true',
      'secrets:\n  s: {environment: S}\n',
      'cannot create secret "p_s" in read-only service a: `file` is the sole supported option',
    ],
    ['healthcheck: {test: "true", start_interval: 1s}', '', 'healthcheck.start_interval requires healthcheck.start_period to be set'],
    [
      'mac_address: "02:42:ac:11:65:43", networks: {default: {mac_address: "02:42:ac:11:65:44"}}',
      '',
      'the service-level mac_address should have the same value as network default',
    ],
  ])('%s', async (attributes, rest, expected) => {
    const found = await refusals(a(attributes, rest), { S: 'x' });
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(expected);
  });

  test('nothing of services whose containers are not asked about', async () => {
    const made = await project('name: p\nservices:\n  a: {image: i, dns: [x]}\n  b: {image: i}\n');
    expect(unsupported(made, ['b', 'b', 'unknown'])).toEqual([]);
    expect(unsupported(made, ['a', 'a'])).toHaveLength(1);
  });

  test('nothing of a plain service', async () => {
    expect(
      await refusals(
        a(
          'security_opt: ["seccomp=file.json", "apparmor:x"], develop: {watch: [{path: ., action: rebuild}]}, build: ., ' +
            'dns: ["fe80::1%eth0"], mac_address: 02-42-AC-11-65-43, networks: {default: {ipv6_address: "fd00::1"}}',
        ),
      ),
    ).toEqual([]);
  });
});

describe('files delivered before a start', () => {
  const text = a(
    'secrets: [v, {source: v, target: t, mode: 0400, uid: "7"}, f], configs: [c, {source: c, target: sub/c.txt}, e]',
    'secrets:\n  v: {environment: V}\n  f: {file: ./f}\nconfigs:\n  c: {content: hello}\n  e: {content: ""}\n',
  );

  test('are those that no file of the host holds', async () => {
    const made = await project(text, { environment: { V: 'hidden' } });
    const found = filesToDeliver(made, made.services['a']!).map(({ content, ...file }) => ({
      ...file,
      content: new TextDecoder().decode(content),
    }));
    expect(found).toEqual([
      { path: 'run/secrets/v', mode: 0o444, uid: 0, gid: 0, ownerGiven: false, content: 'hidden' },
      { path: 'run/secrets/t', mode: 0o400, uid: 7, gid: 0, ownerGiven: true, content: 'hidden' },
      { path: 'c', mode: 0o444, uid: 0, gid: 0, ownerGiven: false, content: 'hello' },
      { path: 'sub/c.txt', mode: 0o444, uid: 0, gid: 0, ownerGiven: false, content: 'hello' },
    ]);
  });
});

test('a network with everything', async () => {
  const made = await project(`
name: p
services:
  a: {image: i, networks: [n]}
networks:
  n:
    driver: bridge
    driver_opts: {b: 2, a: 1}
    ipam: {driver: default, config: [{subnet: 10.9.0.0/24, gateway: 10.9.0.1, ip_range: 10.9.0.0/25, aux_addresses: {h: 10.9.0.5}}], options: {o: p}}
    attachable: true
    internal: true
    enable_ipv6: false
    labels: {l: m}
`);
  expect(networkPayload(made, 'n', made.networks['n']!, 'hash')).toMatchInlineSnapshot(`
    {
      "Attachable": true,
      "CheckDuplicate": true,
      "Driver": "bridge",
      "EnableIPv6": false,
      "IPAM": {
        "Config": [
          {
            "AuxiliaryAddresses": {
              "h": "10.9.0.5",
            },
            "Gateway": "10.9.0.1",
            "IPRange": "10.9.0.0/25",
            "Subnet": "10.9.0.0/24",
          },
        ],
        "Driver": "default",
        "Options": {
          "o": "p",
        },
      },
      "Internal": true,
      "Labels": {
        "com.docker.compose.config-hash": "hash",
        "com.docker.compose.network": "n",
        "com.docker.compose.project": "p",
        "com.docker.compose.version": "5.5.1",
        "l": "m",
      },
      "Name": "p_n",
      "Options": {
        "a": "1",
        "b": "2",
      },
    }
  `);
});

test('a volume', async () => {
  const made = await project(
    a('volumes: ["data:/d"]', 'volumes:\n  data: {driver: local, driver_opts: {type: tmpfs, o: size=1m}, labels: {l: m}}\n'),
  );
  expect(volumePayload(made, 'data', made.volumes['data']!, 'hash')).toMatchInlineSnapshot(`
    {
      "Driver": "local",
      "DriverOpts": {
        "o": "size=1m",
        "type": "tmpfs",
      },
      "Labels": {
        "com.docker.compose.config-hash": "hash",
        "com.docker.compose.project": "p",
        "com.docker.compose.version": "5.5.1",
        "com.docker.compose.volume": "data",
        "l": "m",
      },
      "Name": "p_data",
    }
  `);
});

test('a command in a container', () => {
  expect(
    execPayload({
      command: ['a', 'b'],
      tty: true,
      stdin: true,
      user: 'u',
      environment: { B: '1', A: null },
      privileged: true,
      workingDirectory: '/w',
    }),
  ).toEqual({
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    Tty: true,
    Cmd: ['a', 'b'],
    Env: ['A', 'B=1'],
    User: 'u',
    WorkingDir: '/w',
    Privileged: true,
  });
  expect(execPayload({ command: ['a'], tty: false, stdin: true, detached: true })).toMatchObject({
    AttachStdin: false,
    AttachStdout: false,
  });
});
