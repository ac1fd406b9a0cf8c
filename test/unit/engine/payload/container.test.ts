// The bodies that make containers. The whole ones were compared with what Docker Compose 5.5.1 sends for the same file.
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { ContainerDetails, Payload } from '../../../../src/engine/engine.ts';
import { type ContainerContext, containerPayload } from '../../../../src/engine/payload/container.ts';
import { endpointPayload } from '../../../../src/engine/payload/endpoints.ts';
import { decodeModel, encodeModel } from '../../../../src/engine/payload/labels.ts';
import { labels } from '../../../../src/model/identity.ts';
import type { Project } from '../../../../src/model/project.ts';
import { project } from '../../compose/loading.ts';
import { image } from '../../plan/world.ts';

async function payloadOf(text: string, changes: Partial<ContainerContext> = {}, service = 'a') {
  const made = await project(text);
  return containerPayload(context(made, changes, service));
}

function context(made: Project, changes: Partial<ContainerContext> = {}, service = 'a'): ContainerContext {
  return { project: made, service: made.services[service]!, replica: 1, apiVersion: '1.41', configHash: 'hash', ...changes };
}

const one = (attributes: string, rest = '') => `name: p\nservices:\n  a: {image: busybox, ${attributes}}\n${rest}`;

/** HostConfig of a service with these attributes, without what every one has. */
async function host(attributes: string, rest = '', changes: Partial<ContainerContext> = {}): Promise<Payload> {
  const { body } = await payloadOf(one(attributes, rest), changes);
  const { NetworkMode, OomKillDisable, ...others } = body['HostConfig'] as Payload;
  expect([NetworkMode, OomKillDisable]).toEqual(['p_default', false]);
  return others;
}

async function config(attributes: string, changes: Partial<ContainerContext> = {}): Promise<Payload> {
  const { body } = await payloadOf(one(attributes), changes);
  const { Labels, HostConfig, NetworkingConfig, Image, AttachStdin, AttachStdout, AttachStderr, ...others } = body;
  expect([Labels, HostConfig, NetworkingConfig].every(part => part !== undefined)).toBe(true);
  expect([Image, AttachStdin, AttachStdout, AttachStderr]).toEqual(['busybox', false, true, true]);
  return others;
}

test('a bare service', async () => {
  expect(await payloadOf('name: p\nservices:\n  a: {image: busybox}\n', { image: image('busybox') })).toMatchInlineSnapshot(`
    {
      "body": {
        "AttachStderr": true,
        "AttachStdin": false,
        "AttachStdout": true,
        "HostConfig": {
          "NetworkMode": "p_default",
          "OomKillDisable": false,
        },
        "Image": "busybox",
        "Labels": {
          "com.docker.compose.config-hash": "hash",
          "com.docker.compose.container-number": "1",
          "com.docker.compose.depends_on": "",
          "com.docker.compose.image": "sha256:busybox",
          "com.docker.compose.oneoff": "False",
          "com.docker.compose.project": "p",
          "com.docker.compose.project.config_files": "/p/compose.yaml",
          "com.docker.compose.project.working_dir": "/p",
          "com.docker.compose.service": "a",
          "com.docker.compose.version": "5.5.1",
        },
        "NetworkingConfig": {
          "EndpointsConfig": {
            "p_default": {
              "Aliases": [
                "p-a-1",
                "a",
              ],
            },
          },
        },
      },
      "connect": [],
    }
  `);
});

test('the same service gives the same bytes, whatever the order in the file', async () => {
  const text = (environment: string, ulimits: string, volumes: string) =>
    one(`environment: {${environment}}, ulimits: {${ulimits}}, volumes: [${volumes}]`, 'volumes:\n  vv:\n  ww:\n');
  const bytes = async (written: string) => JSON.stringify(await payloadOf(written));
  expect(await bytes(text('A: 1, B: 2', 'nproc: 1, core: 2', '"vv:/v", "ww:/w"'))).toBe(
    await bytes(text('B: 2, A: 1', 'core: 2, nproc: 1', '"ww:/w", "vv:/v"')),
  );
});

describe('Config', () => {
  test.each([
    ['command: "echo a b"', { Cmd: ['echo', 'a', 'b'] }],
    ['command: []', { Cmd: [] }],
    ['entrypoint: ""', { Entrypoint: [] }],
    ['environment: {B: "2", A: x=y}', { Env: ['A=x=y', 'B=2'] }],
    ['environment: [UNSET]', { Env: ['UNSET'] }],
    ['user: "1000"', { User: '1000' }],
    ['working_dir: /w, hostname: h, domainname: d', { WorkingDir: '/w', Hostname: 'h', Domainname: 'd' }],
    ['tty: true, stdin_open: true', { Tty: true, OpenStdin: true }],
    ['stop_signal: SIGINT, stop_grace_period: 1m30.9s', { StopSignal: 'SIGINT', StopTimeout: 90 }],
    ['stop_grace_period: 0s', { StopTimeout: 0 }],
    ['expose: ["80", "8000-8001", "53/udp"]', { ExposedPorts: { '53/udp': {}, '80/tcp': {}, '8000/tcp': {}, '8001/tcp': {} } }],
    ['healthcheck: {disable: true}', { Healthcheck: { Test: ['NONE'] } }],
    [
      'healthcheck: {test: "true", interval: 1m, timeout: 1.5s, retries: 3, start_period: 500ms}',
      { Healthcheck: { Test: ['CMD-SHELL', 'true'], Interval: 60e9, Timeout: 1.5e9, StartPeriod: 5e8, Retries: 3 } },
    ],
  ])('%s', async (attributes, expected) => expect(await config(attributes)).toEqual(expected));

  test('an interval between probes while starting goes to engines that know it', async () => {
    const attributes = 'healthcheck: {test: "true", start_period: 9s, start_interval: 1s}';
    expect(await config(attributes)).toEqual({ Healthcheck: { Test: ['CMD-SHELL', 'true'], StartPeriod: 9e9 } });
    expect(await config(attributes, { apiVersion: '1.44' })).toMatchObject({ Healthcheck: { StartInterval: 1e9 } });
  });

  test('variables of the client come below those of the service', async () => {
    const { body } = await payloadOf(one('environment: {HTTP_PROXY: own}'), { proxies: { HTTP_PROXY: 'theirs', NO_PROXY: 'x' } });
    expect(body['Env']).toEqual(['HTTP_PROXY=own', 'NO_PROXY=x']);
  });
});

describe('HostConfig', () => {
  test.each([
    ['restart: "no"', { RestartPolicy: { Name: 'no', MaximumRetryCount: 0 } }],
    ['restart: on-failure:3', { RestartPolicy: { Name: 'on-failure', MaximumRetryCount: 3 } }],
    ['restart: always, deploy: {restart_policy: {condition: any}}', { RestartPolicy: { Name: 'always', MaximumRetryCount: 0 } }],
    ['deploy: {restart_policy: {condition: none, max_attempts: 2}}', { RestartPolicy: { Name: 'no', MaximumRetryCount: 2 } }],
    ['cap_add: [net_admin, CAP_CHOWN, NET_ADMIN], cap_drop: [ALL]', { CapAdd: ['CAP_CHOWN', 'CAP_NET_ADMIN'], CapDrop: ['ALL'] }],
    ['cpus: 0.3', { NanoCpus: 300_000_000 }],
    ['cpus: 0.1, mem_limit: 64m, pids_limit: 9', { NanoCpus: 100_000_000, Memory: 67_108_864, PidsLimit: 9 }],
    ['deploy: {resources: {limits: {cpus: "0.25", memory: 50M, pids: 20}}}', { NanoCpus: 250_000_000, Memory: 52_428_800, PidsLimit: 20 }],
    ['deploy: {resources: {reservations: {memory: 20M}}}', { MemoryReservation: 20_971_520 }],
    ['memswap_limit: -1, mem_swappiness: 10', { MemorySwap: -1, MemorySwappiness: 10 }],
    ['cpu_percent: 12', { CpuPercent: 1200 }],
    ['extra_hosts: ["b=10.0.0.2", "a:10.0.0.1", "six=[::1]"]', { ExtraHosts: ['a:10.0.0.1', 'b:10.0.0.2', 'six:::1'] }],
    [
      'security_opt: ["systempaths=unconfined", "no-new-privileges"]',
      { SecurityOpt: ['no-new-privileges'], MaskedPaths: [], ReadonlyPaths: [] },
    ],
    ['tmpfs: [/run, "/x:size=1m,mode=700"]', { Tmpfs: { '/run': '', '/x': 'size=1m,mode=700' } }],
    [
      'ulimits: {nofile: {soft: 1, hard: 2}, core: 0, msgqueue: -1}',
      {
        Ulimits: [
          { Name: 'core', Soft: 0, Hard: 0 },
          { Name: 'msgqueue', Soft: -1, Hard: -1 },
          { Name: 'nofile', Soft: 1, Hard: 2 },
        ],
      },
    ],
    ['devices: ["/dev/null:/dev/x:r"]', { Devices: [{ PathOnHost: '/dev/null', PathInContainer: '/dev/x', CgroupPermissions: 'r' }] }],
    ['devices: ["vendor.com/class=dev1"]', { DeviceRequests: [{ Driver: 'cdi', DeviceIDs: ['vendor.com/class=dev1'] }] }],
    ['gpus: all', { DeviceRequests: [{ Count: -1, Capabilities: [['gpu']] }] }],
    ['init: false', { Init: false }],
    ['logging: {driver: json-file, options: {max-size: 1m}}', { LogConfig: { Type: 'json-file', Config: { 'max-size': '1m' } } }],
    ['sysctls: {net.core.somaxconn: 1024}', { Sysctls: { 'net.core.somaxconn': '1024' } }],
    ['privileged: true, read_only: true, shm_size: 1m', { Privileged: true, ReadonlyRootfs: true, ShmSize: 1_048_576 }],
    ['ipc: host, pid: host, uts: host, userns_mode: host', { IpcMode: 'host', PidMode: 'host', UTSMode: 'host', UsernsMode: 'host' }],
  ])('%s', async (attributes, expected) => expect(await host(attributes)).toEqual(expected));

  test('annotations go to engines that know them', async () => {
    expect(await host('annotations: {a: b}')).toEqual({});
    expect(await host('annotations: {a: b}', '', { apiVersion: '1.43' })).toEqual({ Annotations: { a: 'b' } });
  });
});

describe('ports', () => {
  test.each([
    ['80', '80/tcp', { HostIp: '', HostPort: '' }],
    ['8080:80', '80/tcp', { HostIp: '', HostPort: '8080' }],
    ['127.0.0.1:8080:80/udp', '80/udp', { HostIp: '127.0.0.1', HostPort: '8080' }],
    ['127.0.0.1::80', '80/tcp', { HostIp: '127.0.0.1', HostPort: '' }],
    ['[::1]:8080:80', '80/tcp', { HostIp: '::1', HostPort: '8080' }],
    ['9000-9005:70', '70/tcp', { HostIp: '', HostPort: '9000-9005' }],
  ])('%s', async (port, key, binding) => {
    const { body } = await payloadOf(one(`ports: ["${port}"]`));
    expect(body['ExposedPorts']).toEqual({ [key]: {} });
    expect((body['HostConfig'] as Payload)['PortBindings']).toEqual({ [key]: [binding] });
  });

  test('one port of the container may be published several times', async () => {
    expect((await host('ports: ["1:80", "2:80"]'))['PortBindings']).toEqual({
      '80/tcp': [
        { HostIp: '', HostPort: '1' },
        { HostIp: '', HostPort: '2' },
      ],
    });
  });
});

describe('mounts', () => {
  const volumes = 'volumes:\n  data:\n  other: {name: real}\n';
  test.each([
    ['"./src:/src:ro"', { Binds: ['/p/src:/src:ro'] }],
    ['"./src:/src:z"', { Binds: ['/p/src:/src:rw,z'] }],
    ['"data:/d", "other:/o:ro"', { Binds: ['p_data:/d:rw', 'real:/o:ro'] }],
    ['"data:/d:nocopy"', { Mounts: [{ Type: 'volume', Source: 'p_data', Target: '/d', VolumeOptions: { NoCopy: true } }] }],
    ['"/anon"', { Mounts: [{ Type: 'volume', Target: '/anon', VolumeOptions: {} }] }],
    [
      '{type: bind, source: ./b, target: /b, bind: {create_host_path: false, propagation: rshared}}',
      { Mounts: [{ Type: 'bind', Source: '/p/b', Target: '/b', BindOptions: { Propagation: 'rshared' } }] },
    ],
    ['{type: bind, source: ./b, target: /b}', { Binds: ['/p/b:/b:rw'] }],
    [
      '{type: tmpfs, target: /t, tmpfs: {size: 1m, mode: 0o1777}}',
      { Mounts: [{ Type: 'tmpfs', Target: '/t', TmpfsOptions: { SizeBytes: 1_048_576, Mode: 1023 } }] },
    ],
    ['"data:/x", "other:/x"', { Binds: ['real:/x:rw'] }],
  ])('%s', async (written, expected) => expect(await host(`volumes: [${written}]`, volumes)).toEqual(expected));

  test('secrets and configs that are files are bound read-only, and never over a volume', async () => {
    const rest = 'secrets:\n  s: {file: ./s.txt}\nconfigs:\n  c: {file: ./c.txt}\n';
    expect(
      await host('secrets: [s, {source: s, target: t}], configs: [c, {source: c, target: /etc/c}], volumes: ["./v:/run/secrets/t"]', rest),
    ).toEqual({
      Binds: ['/p/v:/run/secrets/t:rw'],
      Mounts: [
        { Type: 'bind', Source: '/p/c.txt', Target: '/c', ReadOnly: true },
        { Type: 'bind', Source: '/p/c.txt', Target: '/etc/c', ReadOnly: true },
        { Type: 'bind', Source: '/p/s.txt', Target: '/run/secrets/s', ReadOnly: true, BindOptions: {} },
      ],
    });
  });

  test('anonymous volumes of the container before are taken over, those of its image too', async () => {
    const mount = (Destination: string, Name: string, Type = 'volume') => ({ Type, Name, Source: `/var/${Name}`, Destination, RW: true });
    const replaced = {
      Mounts: [mount('/anon', 'v1'), mount('/image', 'v2'), mount('/gone', 'v3'), mount('/tmp', 'v4', 'tmpfs')],
    } as unknown as ContainerDetails;
    const made = await payloadOf(one('volumes: [/anon, /new]'), { replaced, image: image('busybox', { volumes: ['/image'] }) });
    expect((made.body['HostConfig'] as Payload)['Mounts']).toEqual([
      { Type: 'volume', Source: 'v1', Target: '/anon' },
      { Type: 'volume', Source: 'v2', Target: '/image' },
      { Type: 'volume', Target: '/new', VolumeOptions: {} },
    ]);
    expect((made.body['Labels'] as Payload)[labels.replace]).toBe('a-1');
  });
});

describe('networks', () => {
  const text = `
name: p
services:
  a:
    image: i
    mac_address: 02:42:ac:11:65:43
    networks:
      default: {ipv4_address: 10.1.2.3, driver_opts: {a: 1}}
      first: {aliases: [oo, pp], priority: 5}
      bare:
networks:
  first: {name: real}
  bare:
  default:
`;
  const settings = {
    real: { Aliases: ['p-a-1', 'a', 'oo', 'pp'], IPAMConfig: {}, MacAddress: '02:42:ac:11:65:43' },
    p_bare: { Aliases: ['p-a-1', 'a'] },
    p_default: { Aliases: ['p-a-1', 'a'], IPAMConfig: { IPv4Address: '10.1.2.3' }, DriverOpts: { a: '1' } },
  };

  test('before API 1.44 the first is given at once and the others are connected; the address of the card is the container’s', async () => {
    const { body, connect } = await payloadOf(text);
    expect(body['NetworkingConfig']).toEqual({ EndpointsConfig: { real: settings.real } });
    expect(body['MacAddress']).toBe('02:42:ac:11:65:43');
    expect((body['HostConfig'] as Payload)['NetworkMode']).toBe('real');
    expect(connect).toEqual([
      { network: 'p_bare', body: { EndpointConfig: settings.p_bare } },
      { network: 'p_default', body: { EndpointConfig: settings.p_default } },
    ]);
  });

  test('from API 1.44 on all are given at once', async () => {
    const { body, connect } = await payloadOf(text, { apiVersion: '1.44' });
    expect(body['NetworkingConfig']).toEqual({ EndpointsConfig: settings });
    expect(body['MacAddress']).toBeUndefined();
    expect(connect).toEqual([]);
  });

  test('a container that is connected again gets all its settings', async () => {
    const made = await project(text);
    expect(endpointPayload(made, { network: 'first', service: 'a', replica: 1 }, 'ID')).toEqual({
      network: 'real',
      body: { Container: 'ID', EndpointConfig: settings.real },
    });
  });

  test.each(['host', 'none', 'bridge', 'container:abc'])('network_mode %s takes the place of networks', async mode => {
    const { body } = await payloadOf(one(`network_mode: "${mode}"`));
    expect(body['NetworkingConfig']).toBeUndefined();
    expect((body['HostConfig'] as Payload)['NetworkMode']).toBe(mode);
  });

  test('links lead to containers by three names', async () => {
    const made = await payloadOf(
      'name: p\nservices:\n  a: {image: i, links: ["b:x"], external_links: ["out:y", "raw"]}\n  b: {image: i}\n',
      {
        linkable: [{ name: 'p-b-7', service: 'b' }],
      },
    );
    expect((made.body['HostConfig'] as Payload)['Links']).toEqual(['p-b-7:x', 'p-b-7:b-1', 'p-b-7:p-b-1', 'out:y', 'raw:raw']);
  });
});

describe('one-offs', () => {
  test('have no number and no aliases, and are told apart by a slug', async () => {
    const oneOff = { slug: 'abc', interactive: true, remove: true, useAliases: false };
    const { body } = await payloadOf(one('stdin_open: true'), { replica: undefined, name: 'p-a-run-abc', oneOff });
    expect(body).toMatchObject({
      AttachStdin: true,
      OpenStdin: true,
      StdinOnce: true,
      HostConfig: { AutoRemove: true },
      Labels: { [labels.oneOff]: 'True', [labels.slug]: 'abc' },
      NetworkingConfig: { EndpointsConfig: { p_default: { Aliases: ['p-a-run-abc'] } } },
    });
    expect(body['Labels']).not.toHaveProperty([labels.number]);
  });

  test('are linked to what their service links to, not to their own service', async () => {
    const { body } = await payloadOf('name: p\nservices:\n  a: {image: i, links: [b]}\n  b: {image: i}\n', {
      replica: undefined,
      oneOff: { slug: 'abc', interactive: false, remove: false, useAliases: false },
      linkable: [
        { name: 'p-a-1', service: 'a' },
        { name: 'p-b-1', service: 'b' },
      ],
    });
    expect((body['HostConfig'] as Payload)['Links']).toEqual(['p-b-1:b', 'p-b-1:b--1', 'p-b-1:p-b--1']);
  });
});

describe('labels', () => {
  test('Compose’s own win over the user’s', async () => {
    const { body } = await payloadOf(one('labels: {com.docker.compose.project: lie, own: "1"}'));
    expect(body['Labels']).toMatchObject({ 'com.docker.compose.project': 'p', own: '1' });
  });

  test('a record is packed and unpacked; what is too long or foreign is left out', () => {
    expect(decodeModel(encodeModel('{"image":"i"}'))).toBe('{"image":"i"}');
    const noise = Array.from({ length: 1000 }, (_, index) => createHash('sha256').update(String(index)).digest('hex')).join('');
    expect(encodeModel(noise)).toBeUndefined();
    for (const foreign of [undefined, '', 'not packed', 'AAAA', encodeModel('x'.repeat(2_000_000))])
      expect(decodeModel(foreign)).toBeUndefined();
  });
});
