// fixtures/old: files of Fig and Compose v1 on a real engine. What they ask for is there, a second up changes nothing, what config prints
// carries on with the same containers, and down -v leaves nothing but the volumes that belong to nobody's project.
import { cpSync, existsSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { daemonAt, type Json } from '../rig/daemon.ts';
import { createProject, type TestProject } from '../rig/project.ts';
import { withoutReference } from '../rig/reference.ts';
import { root } from '../rig/sources.ts';

const peer = 'fig-old-peer';
/** Volumes of the fixtures that no project is part of the name of. */
const shared = ['fig-old-data', 'fig-old-dumps'];

/** A container that no project has, on the engine's own network. */
beforeAll(async () => {
  const daemon = daemonAt();
  await daemon.call('DELETE', `/containers/${peer}?force=1`);
  await daemon.post(`/containers/create?name=${peer}`, { Image: 'busybox', Cmd: ['sleep', '600'], Volumes: { '/from-peer': {} } });
  await daemon.post(`/containers/${peer}/start`);
});

afterAll(async () => {
  await daemonAt().call('DELETE', `/containers/${peer}?force=1&v=1`);
  for (const volume of shared) await daemonAt().call('DELETE', `/volumes/${volume}`);
});

interface Found {
  readonly project: TestProject;
  /** The engine's record of a service's only container. */
  of(service: string): Promise<Json>;
  /** What a command prints in it. */
  says(service: string, ...command: readonly string[]): Promise<string>;
}

interface Case {
  /** What the engine must have once the project is up. */
  readonly proves: (found: Found) => Promise<void>;
  readonly leaves?: readonly string[];
  /** The command that brings it up, where that is not `up -d`. */
  readonly up?: readonly string[];
}

const mountsOf = ({ Mounts }: Json): readonly string[] =>
  Mounts.map(({ Type, Name, Source, Destination, RW }: Json) => {
    const from = Type === 'volume' ? (/^[0-9a-f]{64}$/.test(Name) ? 'anonymous' : Name) : Source;
    return `${from} ${Destination} ${RW ? 'rw' : 'ro'}`;
  }).toSorted();

const cases: Readonly<Record<string, Case>> = {
  links: {
    async proves({ of, says }) {
      for (const name of ['db', 'database']) expect(await says('web', 'ping', '-c', '1', '-W', '2', name)).toContain('1 packets received');
      expect(Object.keys((await of('web')).NetworkSettings.Ports)).toEqual(['8000/tcp']);
      const [web, db] = [await of('web'), await of('db')];
      expect(Date.parse(web.State.StartedAt)).toBeGreaterThan(Date.parse(db.State.StartedAt));
    },
  },
  literal: {
    async proves({ of, says }) {
      expect((await of('web')).Config.Env).toEqual(expect.arrayContaining(['GREETING=costs $5', 'PATTERN=^${x}$', 'FROM_OUTSIDE=outside']));
      // The shell in the container gets $, $$ and ${HOME} as the author wrote them.
      expect(await says('web', 'cat', '/said')).toMatch(/^costs \$5, 1 and \/root\n$/);
    },
  },
  build: {
    async proves({ says }) {
      expect([await says('web', 'cat', '/which'), await says('job', 'cat', '/which')]).toEqual(['other\n', 'usual\n']);
    },
  },
  net: {
    async proves({ project, of }) {
      const modes = await Promise.all(['host', 'none', 'bridge'].map(async name => (await of(name)).HostConfig.NetworkMode));
      expect(modes).toEqual(['host', 'none', 'bridge']);
      expect((await of('plain')).HostConfig.NetworkMode).toBe(`${project.name}_default`);
      expect((await of('beside')).HostConfig.NetworkMode).toBe(`container:${(await of('plain')).Id}`);
      expect((await of('foreign')).HostConfig.NetworkMode).toMatch(/^container:/);
      expect((await of('foreign')).NetworkSettings.SandboxKey).toBe('');
    },
  },
  'volumes-from': {
    async proves({ project, of }) {
      // As with the reference, :ro has no effect; it brings a warning.
      for (const name of ['reader', 'writer']) {
        expect(mountsOf(await of(name))).toEqual(['anonymous /from-peer rw', 'anonymous /from-service rw']);
      }
      const [data, reader] = [await of('data'), await of('reader')];
      expect(reader.Mounts.map(({ Name }: Json) => Name)).toContain(data.Mounts[0].Name);
      expect((await project.figOk('config', '-q')).stderr.match(/"ro" has no effect/g)).toHaveLength(2);
    },
  },
  volumes: {
    leaves: shared.map(name => `volume ${name}`),
    async proves({ project, of, says }) {
      expect(mountsOf(await of('web'))).toEqual([`${project.directory}/conf /conf ro`, 'anonymous /cache rw', 'fig-old-data /data rw']);
      expect(mountsOf(await of('backup'))).toEqual(['fig-old-data /source ro', 'fig-old-dumps /target rw']);
      await says('web', 'sh', '-c', 'echo kept > /data/file');
      expect(await says('backup', 'cat', '/source/file')).toBe('kept\n');
    },
  },
  environment: {
    async proves({ of, says }) {
      const map = await of('map');
      expect(map.Config.Env).toEqual(expect.arrayContaining(['TEXT=a b', 'NUMBER=3', 'FLAG=true', 'EMPTY=', 'FROM_OUTSIDE=outside']));
      expect(await says('map', 'env')).not.toContain('NOT_SET');
      expect(map.Config.Labels).toMatchObject({ 'org.example.role': 'map' });
      const list = await of('list');
      expect(list.Config.Env).toEqual(expect.arrayContaining(['TEXT=a=b', 'EMPTY=', 'FROM_OUTSIDE=outside']));
      expect(list.Config.Cmd).toEqual(['echo', '$HOME', 'is', 'not', 'outside']);
      expect(list.Config.Labels).toMatchObject({ 'org.example.role': 'list', 'org.example.bare': '' });
      expect((await of('file')).Config.Env).toEqual(
        expect.arrayContaining(['QUOTED="quoted"', 'DOLLAR=$HOME', 'WHO=own', 'WINS=yes', 'FROM_OUTSIDE=outside']),
      );
    },
  },
  logging: {
    async proves({ of }) {
      expect((await of('web')).HostConfig.LogConfig).toEqual({ Type: 'json-file', Config: { 'max-size': '1m', 'max-file': '3' } });
      expect((await of('quiet')).HostConfig.LogConfig.Type).toBe('none');
    },
  },
  extends: {
    async proves({ project, of }) {
      const [web, task] = [await of('web'), await of('task')];
      expect(web.Config.Image).toBe(`${project.name}-web`);
      expect(web.Config.Env).toEqual(expect.arrayContaining(['ROLE=web', 'SHARED=1']));
      expect(mountsOf(web)).toEqual([`${project.directory}/app /app ro`]);
      // The image of the service between took the place of the build.
      expect(task.Config).toMatchObject({ Image: 'busybox:latest', Cmd: ['sleep', '601'] });
      expect(mountsOf(task)).toEqual([`${project.directory}/app /app ro`, 'anonymous /local rw']);
      expect(task.HostConfig.LogConfig.Type).toBe('json-file');
    },
  },
  'external-links': {
    async proves({ says }) {
      for (const name of [peer, 'peer']) expect(await says('web', 'ping', '-c', '1', '-W', '2', name)).toContain('1 packets received');
    },
  },
  ports: {
    async proves({ of }) {
      const { HostConfig, Config } = await of('web');
      const published = Object.fromEntries(
        Object.entries<Json>(HostConfig.PortBindings).map(([port, [{ HostIp, HostPort }]]) => [port, `${HostIp}:${HostPort}`]),
      );
      expect(published).toEqual({
        '22/tcp': ':49122',
        '3000/tcp': ':',
        '3001/tcp': ':',
        '53/udp': ':49153',
        '5000/tcp': '127.0.0.1:',
        '80/tcp': ':49180',
        '81/tcp': ':49181',
        '90/tcp': '127.0.0.1:49190',
      });
      expect(Object.keys(Config.ExposedPorts)).toEqual(expect.arrayContaining(['6000/tcp', '6001/tcp']));
    },
  },
  host: {
    async proves({ of }) {
      const web = await of('web');
      expect(web.Name).toBe('/fig-old-web');
      expect(web.Config).toMatchObject({
        Hostname: 'web',
        Domainname: 'example.org',
        User: '0:0',
        WorkingDir: '/srv',
        Entrypoint: ['sleep'],
        StopSignal: 'SIGKILL',
        OpenStdin: true,
        Tty: true,
      });
      expect(web.HostConfig).toMatchObject({
        Memory: 64 << 20,
        MemorySwap: 128 << 20,
        CpuShares: 73,
        CpusetCpus: '0',
        CapAdd: ['CAP_NET_ADMIN'],
        CapDrop: ['CAP_MKNOD'],
        SecurityOpt: ['no-new-privileges'],
        Devices: [{ PathOnHost: '/dev/zero', PathInContainer: '/dev/nought', CgroupPermissions: 'rw' }],
        Dns: ['192.0.2.53'],
        DnsSearch: ['one.example.org', 'two.example.org'],
        ExtraHosts: ['somewhere:192.0.2.7'],
        ShmSize: 32 << 20,
        ReadonlyRootfs: true,
        RestartPolicy: { Name: 'on-failure', MaximumRetryCount: 2 },
        Privileged: false,
      });
      expect(web.HostConfig.Ulimits).toEqual(
        expect.arrayContaining([
          { Name: 'nofile', Soft: 2000, Hard: 4000 },
          { Name: 'nproc', Soft: 1000, Hard: 1000 },
        ]),
      );
    },
  },
  privileged: {
    // Engines that are containers themselves cannot start such a one.
    up: ['create'],
    async proves({ of }) {
      expect((await of('mighty')).HostConfig).toMatchObject({
        Privileged: true,
        PidMode: 'host',
        IpcMode: 'host',
        RestartPolicy: { Name: 'always' },
      });
    },
  },
  override: {
    async proves({ of }) {
      const [web, db] = [await of('web'), await of('db')];
      expect(web.HostConfig.NetworkMode).toBe(`container:${db.Id}`);
      expect(web.Config.Env).toContain('MODE=development');
      expect(web.Config.Labels).toMatchObject({ from: 'base' });
    },
  },
};

const folder = (name: string) => join(root, 'fixtures/old', name);
const golden = (name: string) => join(root, 'fixtures/old', `${name}.yaml`);

/** A fixture in a folder and under a name of its own. */
function fixture(name: string): TestProject {
  const project = createProject({}, { env: { FROM_OUTSIDE: 'outside' } });
  cpSync(folder(name), project.directory, { recursive: true });
  return project;
}

/** What has to be put away where the old file is not alone. */
const besideOf = (name: string) =>
  existsSync(join(folder(name), 'docker-compose.override.yml'))
    ? ', and put docker-compose\\.yml and docker-compose\\.override\\.yml away'
    : '';

const fileOf = (name: string) => (existsSync(join(folder(name), 'fig.yml')) ? 'fig.yml' : 'docker-compose.yml');

describe.each(Object.entries(cases))('%s', (name, { proves, leaves = [], up = ['up', '-d'] }) => {
  test('comes up as its author meant it, and stays as it is', async () => {
    const project = fixture(name);
    const { stderr } = await project.figOk(...up);
    expect(stderr.match(/files\.old-form/g)).toHaveLength(1);
    expect(stderr).toMatch(
      new RegExp(
        `^warning\\[files\\.old-form\\]: ${fileOf(name)}:\\d+:1: read as a file of .*"fig config -o compose\\.yaml"${besideOf(name)}\\.$`,
        'm',
      ),
    );
    const { daemon } = project;
    const containers = await daemon.containers(project.name);
    const idOf = (service: string) => containers.find(one => one.service === service)?.id ?? `no container of ${service}`;
    await proves({
      project,
      of: service => daemon.inspect(idOf(service)),
      says: async (service, ...command) => (await project.figOk('exec', '-T', service, ...command)).stdout,
    });
    const before = await project.ids();
    await project.figOk(...up);
    expect(await project.ids()).toEqual(before);

    // What config prints is the same project: it goes on with these containers.
    const converted = (await project.figOk('config')).stdout;
    expect(converted.replaceAll(project.directory, '/project').replaceAll(project.name, 'project')).toBe(
      readFileSync(golden(name), 'utf8'),
    );
    await project.figOk('config', '-o', 'compose.yaml');
    for (const old of ['fig.yml', 'docker-compose.yml', 'docker-compose.override.yml']) {
      if (existsSync(join(project.directory, old))) renameSync(join(project.directory, old), join(project.directory, `${old}.old`));
    }
    expect((await project.figOk(...up)).stderr).not.toContain('files.old-form');
    expect(await project.ids()).toEqual(before);

    onTestFinished(async () => {
      for (const volume of shared) await daemon.call('DELETE', `/volumes/${volume}`);
    });
    await project.figOk('down', '-v', '-t', '0');
    expect(await daemon.remains(project.name)).toEqual(leaves);
  });

  test.skipIf(withoutReference)('as converted is to the reference what it is to fig', async () => {
    const project = fixture(name);
    project.write('converted/compose.yaml', (await project.figOk('config')).stdout);
    const options = { cwd: 'converted' };
    const [fig, reference] = [await project.figOk('config', '--hash', '*'), await project.referenceWith(options, 'config', '--hash', '*')];
    expect(reference.stdout.split('\n').toSorted()).toEqual(fig.stdout.split('\n').toSorted());
    expect((await project.referenceWith(options, 'config')).stdout).toBe((await project.figOk('config')).stdout);
  });
});

test('down -v of the file of Fig itself leaves its volumes, and so their data', async () => {
  const project = fixture('volumes');
  onTestFinished(async () => {
    for (const volume of shared) await project.daemon.call('DELETE', `/volumes/${volume}`);
  });
  await project.figOk('up', '-d');
  await project.figOk('exec', '-T', 'web', 'sh', '-c', 'echo kept > /data/file');
  await project.figOk('down', '-v', '-t', '0');
  expect(await project.daemon.remains(project.name)).toEqual(shared.map(name => `volume ${name}`));
  await project.figOk('up', '-d');
  expect((await project.figOk('exec', '-T', 'backup', 'cat', '/source/file')).stdout).toBe('kept\n');
});
