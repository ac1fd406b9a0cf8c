// Helpers that answer as programs in Go do: what fig makes of it is what the reference does, before a stub of an engine.
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startStubEngine } from '../../scripts/stub-engine.mjs';
import { run } from '../rig/process.ts';
import { figPath } from '../rig/project.ts';
import { referencePath, withoutReference } from '../rig/reference.ts';

const fig = [process.execPath, figPath];
const reference = [referencePath ?? ''];

/** What a `create` comes to: its exit code, the calls of the helper, sorted and with their words sorted, and the environment of `api`. */
async function created([program = '', ...before]: readonly string[], files: Readonly<Record<string, string>>) {
  const directory = mkdtempSync(join(tmpdir(), 'fig-helpers-'));
  const stub = await startStubEngine();
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(directory, path)), { recursive: true });
      writeFileSync(join(directory, path), text);
      chmodSync(join(directory, path), 0o755);
    }
    const env = { PATH: '/usr/bin:/bin', HOME: join(directory, 'home'), DOCKER_HOST: stub.host };
    const { code, stderr } = await run(program, [...before, '-p', 'p', 'create'], { cwd: directory, env });
    const calls = existsSync(join(directory, 'calls')) ? readFileSync(join(directory, 'calls'), 'utf8').trim().split('\n') : [];
    const api = stub.made.find(({ call }) => call.includes('name=p-api-1'))?.body as { readonly Env?: readonly string[] } | undefined;
    const sorted = calls.map(line => line.split(' ').sort().join(' ')).sort();
    return { code, stderr, calls: sorted, env: [...(api?.Env ?? [])].sort() };
  } finally {
    await stub.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

/** A case, and what both programs make of it. */
type Case = readonly [
  what: string,
  files: Readonly<Record<string, string>>,
  wanted: { readonly calls: readonly string[]; readonly env: readonly string[] },
];

const compose = `services:
  api: {image: busybox, depends_on: [store]}
  store:
    provider: {type: ./provider, options: {a: 1, size: 2}}
`;

const provider = (metadata: string, answers = ''): Readonly<Record<string, string>> => ({
  'compose.yaml': compose,
  metadata,
  answers,
  provider: '#!/bin/sh\n[ "$2" = metadata ] && { cat metadata; exit 0; }\necho "$@" >> calls\ncat answers\n',
});

const all = ['--a=1 --project-name=p --size=2 compose store up'];
const one = ['--a=1 --project-name=p compose store up'];
const none = ['--project-name=p compose store up'];

const described: readonly Case[] = (
  [
    ['null', all],
    ['{}', all],
    ['[]', all],
    ['{"description":"d","up":{"parameters":{}}}', all],
    ['{"up":{"parameters":[null]}}', none],
    ['{"up":{"parameters":[]}}', none],
    ['{"parameters":[{"name":"q","required":"true"}]}', all],
    ['{"Description":"d","Up":{"Parameters":[{"Name":"a"}]}}', one],
    ['{"up":{"parameters":[{"name":"a","type":3}]}}', all],
    ['{"up":{"parameters":[{"name":"a","enum":3}]},"version":3}', one],
    ['{"up":{"parameters":[{"name":"a"}]},"UP":null}', one],
    ['{"up":{"parameters":[{"name":"a"}]}} {}', all],
  ] as const
).map(([metadata, calls]) => [`a provider that says ${metadata} of itself`, provider(metadata), { calls, env: [] }]);

const answering: readonly Case[] = [
  '{"type":"info","message":"hello"}{"type":"setenv","message":"URL=x"}\n',
  '{"Type":"setenv","Message":"URL=x"}',
  '\n {"type":"setenv",\n"message":"URL=x"}{"type":"info","message":null}',
].map(answers => [
  `a provider that answers ${JSON.stringify(answers)}`,
  provider('nothing', answers),
  { calls: all, env: ['STORE_URL=x'] },
]);

const models = (listed: string, status: string): Readonly<Record<string, string>> => ({
  'compose.yaml': 'services: {api: {image: busybox, models: [llm]}}\nmodels: {llm: {model: ai/x, runtime_flags: [--quick]}}\n',
  'home/.docker/cli-plugins/docker-model': `#!/bin/sh
case "$1" in
docker-cli-plugin-metadata) echo '{"schemaversion":"0.1.0","vendor":"x","version":"v1.0.6"}' ;;
ls) echo '${listed}' ;;
status) echo '${status}' ;;
*) echo "$@" >> calls ;;
esac
`,
});

const configure = '-- --quick ai/x configure';
const variables = (url: string) => ['LLM_MODEL=ai/x', `LLM_URL=${url}`];

const modelled: readonly Case[] = (
  [
    ['null', 'null', [configure, 'ai/x pull'], ''],
    ['[null]', '{}', [configure, 'ai/x pull'], ''],
    ['[{"tags":null}]', '{"endpoint":null}', [configure, 'ai/x pull'], ''],
    ['[{"Tags":["ai/x"]}]', '{"Endpoint":"http://x/"}', [configure], 'http://x/'],
  ] as const
).map(([listed, status, calls, url]) => [
  `models that are listed as ${listed}, with the status ${status}`,
  models(listed, status),
  { calls, env: variables(url) },
]);

describe.each([...described, ...answering, ...modelled])('%s', (_, files, wanted) => {
  test('is understood', async () => {
    const { stderr, ...found } = await created(fig, files);
    expect(found, stderr).toEqual({ code: 0, ...wanted });
  });

  test.skipIf(withoutReference)('is understood so by the reference', async () => {
    const { stderr, ...found } = await created(reference, files);
    expect(found, stderr).toEqual({ code: 0, ...wanted });
  });
});
