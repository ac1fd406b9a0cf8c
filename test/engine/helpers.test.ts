// Services that others help: providers, models, and the engine's own socket. Programs of a few lines of shell stand in for the helpers.
import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createProject, type TestProject } from '../rig/project.ts';
import { withoutReference } from '../rig/reference.ts';

const compose = `services:
  store:
    provider: {type: ./provider, options: {size: 2, zone: [b, a], colour: red}}
  api:
    image: busybox
    command: sleep 600
    init: true
    stop_grace_period: 0s
    depends_on: [store]
  bystander:
    image: busybox
    command: sleep 600
    init: true
    stop_grace_period: 0s
`;

/** Writes down how it is called, and answers `up` with a variable whose value it reads from a file. */
const provider = (body = '') => `#!/bin/sh
[ "$2" = metadata ] && exit 1
echo "$@" >> calls
${body}
[ "$3" = up ] && echo "{\\"type\\": \\"setenv\\", \\"message\\": \\"URL=$(cat url)\\"}"
exit 0
`;

function withProvider(body = '', files: Record<string, string> = {}): TestProject {
  const project = createProject({ 'compose.yaml': compose, provider: provider(body), url: 'first', ...files });
  chmodSync(join(project.directory, 'provider'), 0o755);
  return project;
}

const calls = (project: TestProject) => readFileSync(join(project.directory, 'calls'), 'utf8').trim().split('\n');
const environmentOf = async (project: TestProject) => (await project.daemon.inspect(`${project.name}-api-1`)).Config.Env as string[];

describe('a provider', () => {
  test('is told what to do, and its variables reach those that depend on it', async () => {
    const project = withProvider();
    await project.figOk('up', '-d');
    expect(await environmentOf(project)).toContain('STORE_URL=first');
    expect(await project.ids()).toHaveProperty('bystander-1');
    await project.figOk('down');
    const args = `--colour=red --size=2 --zone=b --zone=a store`;
    expect(calls(project)).toEqual([
      `compose --project-name=${project.name} up ${args}`,
      `compose --project-name=${project.name} down ${args}`,
    ]);
  });

  test('that tells the same again changes nothing; one that tells something else has its dependents made anew', async () => {
    const project = withProvider();
    await project.figOk('up', '-d');
    const before = await project.ids();
    await project.figOk('up', '-d');
    expect(await project.ids()).toEqual(before);
    project.write('url', 'second');
    await project.figOk('up', '-d');
    expect(await environmentOf(project)).toContain('STORE_URL=second');
    const after = await project.ids();
    expect(after['bystander-1']).toBe(before['bystander-1']);
    expect(after['api-1']).not.toBe(before['api-1']);
  });

  test('has its dependents made anew by every up of the reference; fig leaves alone what the reference made', async context => {
    if (withoutReference) context.skip('no reference');
    const project = withProvider();
    await project.referenceOk('up', '-d');
    const first = await project.ids();
    await project.referenceOk('up', '-d');
    const second = await project.ids();
    expect(second['api-1']).not.toBe(first['api-1']);
    await project.figOk('up', '-d');
    expect(await project.ids()).toEqual(second);
  });

  test('and a dependent without variables go down, where the reference panics', async context => {
    const project = withProvider(`[ "$3" = down ] && echo '{"type": "setenv", "message": "URL=gone"}'`);
    if (!withoutReference) {
      await project.referenceOk('up', '-d');
      expect((await project.reference('down')).code).toBe(2);
    }
    await project.figOk('up', '-d');
    await project.figOk('down');
    expect(await project.daemon.remains(project.name)).toEqual([]);
    if (withoutReference) context.skip('no reference');
  });

  test('that fails is told with its own words and waited for, and what depends on it is not made', async () => {
    const project = withProvider(`[ "$3" = up ] && { echo '{"type": "error", "message": "no room left"}'; echo done > ended; exit 3; }`);
    const { code, stderr } = await project.fig('up', '-d');
    expect([code, stderr.includes('error[execute.provider-failed]: no room left')]).toEqual([1, true]);
    expect(existsSync(join(project.directory, 'ended'))).toBe(true);
    expect(await project.ids()).not.toHaveProperty('api-1');
  });

  test.each([
    ['says what nobody understands', 'echo nonsense', 'invalid response from plugin: not JSON (byte 1 of its output)'],
    [
      'tells a variable without a value',
      `echo '{"type": "setenv", "message": "ALONE"}'`,
      'invalid response from plugin: setenv without NAME=value (byte 1 of its output)',
    ],
    ['ends badly', 'echo it broke >&2; exit 4', 'failed to create service provider: exit status 4\n  its last output:\n    it broke'],
  ])('that %s', async (_, body, sentence) => {
    const { code, stderr } = await withProvider(`[ "$3" = up ] && { ${body}; }`).fig('up', '-d');
    expect(code).toBe(1);
    expect(stderr).toContain(sentence);
  });

  test('that is not there is told before anything is made', async () => {
    const project = createProject({ 'compose.yaml': compose.replace('./provider', 'nowhere-to-be-found') });
    const { code, stderr } = await project.fig('up', '-d');
    expect([code, stderr.split('\n')[0]]).toEqual([
      1,
      'error[engine.not-found]: exec: "nowhere-to-be-found": executable file not found in $PATH',
    ]);
    expect(await project.daemon.remains(project.name)).toEqual([]);
  });

  test('is given only the options that it says it knows, and refused where one is missing that it needs', async () => {
    const metadata = (name: string) =>
      `{"description": "x", "up": {"parameters": [{"name": "size"}, {"name": "${name}", "required": true}]}, "stop": {}}`;
    const described = (name: string) => provider().replace('&& exit 1', `&& { echo '${metadata(name)}'; exit 0; }`);
    const project = withProvider();
    project.write('provider', described('colour'));
    await project.figOk('up', '-d');
    await project.figOk('stop');
    expect(calls(project).map(line => line.split(' ').slice(2).join(' '))).toEqual(['up --colour=red --size=2 store', 'stop store']);
    const kept = join(project.environment()['DOCKER_CONFIG'] ?? '', 'compose/providers/provider.json');
    expect(existsSync(kept) || existsSync(kept.replace('provider.json', './provider.json'))).toBe(true);
    project.write('provider', described('shape'));
    expect((await project.fig('up', '-d')).stderr).toContain('required parameter "shape" is missing from provider "./provider" definition');
  });

  test('gives its variables to a run as well, where the reference fails or gives none', async context => {
    const project = withProvider();
    const asked = ['run', '--rm', '-T', 'api', 'sh', '-c', 'echo $STORE_URL'];
    expect((await project.figOk(...asked)).stdout).toBe('first\n');
    expect((await project.figOk('run', '-e', 'STORE_URL=mine', ...asked.slice(1))).stdout).toBe('mine\n');
    if (withoutReference) context.skip('no reference');
    expect(await project.reference(...asked)).toMatchObject({ code: 1, stdout: '' });
    await project.figOk('up', '-d', 'bystander');
    expect((await project.referenceOk(...asked)).stdout).toBe('\n');
  });

  test('is not asked by a dry run', async () => {
    const project = withProvider();
    await project.figOk('--dry-run', 'up', '-d');
    expect(existsSync(join(project.directory, 'calls'))).toBe(false);
  });

  test('overrides a variable of a dependent with a warning', async () => {
    const project = withProvider(`[ "$3" = up ] && echo '{"type": "rawsetenv", "message": "MODE=told"}'`);
    project.write('compose.yaml', compose.replace('depends_on: [store]', 'depends_on: [store]\n    environment: { MODE: own }'));
    const { stderr } = await project.figOk('up', '-d');
    expect(stderr).toContain('provider "store" overrides environment variable "MODE" in service "api"');
    expect(await environmentOf(project)).toContain('MODE=told');
  });
});

describe('models', () => {
  const modelled = `services:
  api:
    image: busybox
    command: sleep 600
    init: true
    stop_grace_period: 0s
    models: {llm: {}, embed-one: {endpoint_var: WHERE, model_var: WHAT}}
models:
  llm: {model: ai/small, context_size: 1024, runtime_flags: [--quick]}
  embed-one: {model: ai/embed}
`;
  const plugin = `#!/bin/sh
echo "$@" >> "$HOME/calls"
case "$1" in
docker-cli-plugin-metadata) echo '{"SchemaVersion":"0.1.0","Vendor":"x","Version":"v1.0.6"}' ;;
ls) echo '[{"id":"1","tags":["ai/embed"]}]' ;;
status) echo '{"endpoint":"http://runner/v1/"}' ;;
esac
`;

  function withPlugin(): TestProject {
    const project = createProject({ 'compose.yaml': modelled, '../home/.docker/cli-plugins/docker-model': plugin });
    chmodSync(join(project.directory, '../home/.docker/cli-plugins/docker-model'), 0o755);
    return project;
  }

  test('are pulled where they are missing and set up, and services learn where they are', async () => {
    const project = withPlugin();
    const { stderr } = await project.figOk('up', '-d');
    expect((await environmentOf(project)).filter(one => !one.startsWith('PATH'))).toEqual([
      'LLM_MODEL=ai/small',
      'LLM_URL=http://runner/v1/',
      'WHAT=ai/embed',
      'WHERE=http://runner/v1/',
    ]);
    const asked = readFileSync(join(project.directory, '../home/calls'), 'utf8').trim().split('\n').sort();
    expect(asked.filter(line => /^(pull|configure)/.test(line))).toEqual([
      'configure --context-size 1024 ai/small -- --quick',
      'configure ai/embed',
      'pull ai/small',
    ]);
    const told = stderr.split('\n').filter(line => line.startsWith(' llm '));
    expect(told).toEqual([' llm Pulling ', ' llm Pulled ', ' llm Configuring ', ' llm Configured ']);
    const before = await project.ids();
    await project.figOk('up', '-d');
    expect(await project.ids()).toEqual(before);
  });

  test('change hands with the reference and back', async context => {
    if (withoutReference) context.skip('no reference');
    const project = withPlugin();
    await project.referenceOk('up', '-d');
    const before = await project.ids();
    await project.figOk('up', '-d');
    await project.referenceOk('up', '-d');
    expect(await project.ids()).toEqual(before);
  });

  test('without the plugin are refused before anything is made, in the reference’s words', async () => {
    const project = createProject({ 'compose.yaml': modelled });
    const { code, stderr } = await project.fig('up', '-d');
    expect([code, stderr]).toEqual([1, expect.stringContaining("'models' support requires Docker Model plugin")]);
    expect(await project.daemon.remains(project.name)).toEqual([]);
  });
});

test('use_api_socket brings the credentials that docker login left, which the reference forgets but for run', async context => {
  const config = JSON.stringify({ auths: { 'r.example': { auth: Buffer.from('me:secret').toString('base64') } }, currentContext: '' });
  const project = createProject({
    'compose.yaml': 'services: {a: {image: busybox, command: sleep 600, init: true, stop_grace_period: 0s, use_api_socket: true}}\n',
    '../home/.docker/config.json': config,
  });
  const read = ['a', 'cat', '/run/secrets/docker/config.json'];
  await project.figOk('up', '-d');
  const { stdout: ours } = await project.figOk('exec', ...read);
  expect(JSON.parse(ours)).toEqual({ auths: { 'r.example': { auth: 'bWU6c2VjcmV0' } } });
  if (withoutReference) context.skip('no reference');
  await project.referenceOk('up', '-d', '--force-recreate');
  expect((await project.fig('exec', ...read)).code).toBe(1);
  expect((await project.referenceOk('run', '--rm', '-T', ...read)).stdout).toBe(ours);
  expect((await project.figOk('run', '--rm', '-T', ...read)).stdout).toBe(ours);
});
