// Configs and secrets that are in no file of the host: put into a container before each start, and brought up to date where fig made it.
import { describe, expect, test } from 'vitest';
import { createProject, type TestProject } from '../rig/project.ts';
import { withoutReference } from '../rig/reference.ts';

const compose = (motd: string) => `services:
  web:
    image: busybox
    command: sleep 600
    init: true
    stop_grace_period: 0s
    configs:
      - motd
      - {source: motd, target: /etc/app/motd, uid: "11", gid: "12", mode: 0o640}
    secrets:
      - token
      - {source: token, target: token-again, mode: 0400}
      - {source: token, target: /srv/token, gid: "7"}
  bystander:
    image: busybox
    command: sleep 600
    init: true
    stop_grace_period: 0s
configs:
  motd: {content: "${motd}"}
secrets:
  token: {environment: TOKEN}
`;

const paths = ['/motd', '/etc/app/motd', '/run/secrets/token', '/run/secrets/token-again', '/srv/token'];

/** Owner, mode and content of each delivered file. */
async function delivered(project: TestProject): Promise<string> {
  const script = paths.map(path => `stat -c '%u %g %a %n' ${path}; cat ${path}; echo`).join('; ');
  return (await project.figOk('exec', 'web', 'sh', '-c', script)).stdout;
}

const idsOf = (project: TestProject) => project.ids();

test('each file has its owner, its mode and its content, before every start', async () => {
  const project = createProject({ 'compose.yaml': compose('hello') }, { env: { TOKEN: 'tops3cret' } });
  await project.figOk('up', '-d');
  const expected = [
    '0 0 444 /motd',
    'hello',
    '11 12 640 /etc/app/motd',
    'hello',
    '0 0 444 /run/secrets/token',
    'tops3cret',
    '0 0 400 /run/secrets/token-again',
    'tops3cret',
    '0 7 444 /srv/token',
    'tops3cret',
    '',
  ];
  expect((await delivered(project)).split('\n')).toEqual(expected);
  await project.figOk('exec', 'web', 'rm', ...paths);
  await project.figOk('stop');
  await project.figOk('start');
  expect((await delivered(project)).split('\n')).toEqual(expected);
  if (withoutReference) return;
  await project.referenceOk('up', '-d', '--force-recreate');
  expect((await delivered(project)).split('\n')).toEqual(expected);
});

describe('what has changed since', () => {
  const changes: readonly [what: string, motd: string, token: string, seen: string][] = [
    ['a config', 'changed', 'one', '0 0 444 /motd\nchanged\n'],
    ['a secret', 'hello', 'two', '0 0 444 /run/secrets/token\ntwo\n'],
  ];

  test.each(changes)('%s is delivered by making anew the containers that fig made', async (_, motd, token, seen) => {
    const project = createProject({ 'compose.yaml': compose('hello') });
    const up = (value: string) => project.figWith({ env: { TOKEN: value } }, 'up', '-d');
    await up('one');
    const before = await idsOf(project);
    expect((await up('one')).code).toBe(0);
    expect(await idsOf(project)).toEqual(before);
    project.write('compose.yaml', compose(motd));
    const { stderr } = await up(token);
    const after = await idsOf(project);
    expect(after['bystander-1']).toBe(before['bystander-1']);
    expect(after['web-1']).not.toBe(before['web-1']);
    expect(await delivered(project)).toContain(seen);
    expect(stderr).not.toContain(token === 'two' ? 'two' : 'changed');
    const labels = (await project.daemon.inspect(`${project.name}-web-1`)).Config.Labels;
    const hash = (await project.figWith({ env: { TOKEN: token } }, 'config', '--hash', 'web')).stdout.trim().split(' ')[1];
    expect(labels['com.docker.compose.config-hash']).toBe(hash);
  });

  test('is not delivered by the reference, and fig leaves alone what the reference made', async context => {
    if (withoutReference) context.skip('no reference');
    const project = createProject({ 'compose.yaml': compose('hello') }, { env: { TOKEN: 'one' } });
    await project.referenceOk('up', '-d');
    const before = await idsOf(project);
    project.write('compose.yaml', compose('changed'));
    await project.referenceOk('up', '-d');
    expect([await idsOf(project), await delivered(project)]).toEqual([before, expect.stringContaining('444 /motd\nhello\n')]);
    await project.figOk('up', '-d');
    expect(await idsOf(project)).toEqual(before);
  });

  test('makes the reference change nothing of what fig delivered', async context => {
    if (withoutReference) context.skip('no reference');
    const project = createProject({ 'compose.yaml': compose('hello') }, { env: { TOKEN: 'one' } });
    await project.figOk('up', '-d');
    project.write('compose.yaml', compose('changed'));
    await project.figOk('up', '-d');
    const before = await idsOf(project);
    await project.referenceOk('up', '-d');
    expect(await idsOf(project)).toEqual(before);
  });

  test('waits where the variable of a secret is not set any more, as long as nothing else has to be made', async () => {
    const project = createProject({ 'compose.yaml': compose('hello') });
    await project.figWith({ env: { TOKEN: 'one' } }, 'up', '-d');
    const before = await idsOf(project);
    await project.figOk('up', '-d');
    expect(await idsOf(project)).toEqual(before);
  });
});
