// compose/paths.ts: relative paths become absolute.
import { expect, test } from 'vitest';
import { canonicalise } from '../../../src/compose/canonical.ts';
import { resolvePaths } from '../../../src/compose/paths.ts';
import { createReport } from '../../../src/diagnostics/report.ts';
import { mapping, plain } from './nodes.ts';

const links: Record<string, string> = { '/p/link': '/real', '/real/inner': '/elsewhere' };

async function resolved(text: string, asked: string[] = []): Promise<unknown> {
  const document = canonicalise(await mapping(text), { report: createReport(), uninterpolated: true });
  const realPath = (path: string) => {
    asked.push(path);
    return Promise.resolve(links[path] ?? path);
  };
  return plain(await resolvePaths(document, { directory: '/p', home: '/~me', realPath }));
}

const service = async (attributes: string) =>
  (await resolved(`services: {web: {${attributes}}}`)) as { services: { web: Record<string, unknown> } };

test.each([
  ['.', '/p'],
  ['./app/', '/p/app'],
  ['../x', '/x'],
  ['/abs/../y', '/abs/../y'],
  ['~/z', '/~me/z'],
  ['~other', '/~me/other'],
  ['""', ''],
  ['https://x/y.git', 'https://x/y.git'],
  ['git@github.com:a/b', 'git@github.com:a/b'],
  ['github.com/a/b', 'github.com/a/b'],
  ['docker-image://x', 'docker-image://x'],
  ['service:base', 'service:base'],
])('the context %s is %s', async (context, expected) => {
  expect((await service(`build: {context: ${context}, additional_contexts: {a: ${context}}}`)).services.web['build']).toEqual({
    context: expected,
    additional_contexts: { a: expected },
  });
});

test('paths of env files, label files, keys and watch rules are absolute', async () => {
  const { web } = (
    await service('env_file: [a.env, ~/b.env], label_file: c, build: {ssh: [default, k=key]}, develop: {watch: [{path: src}]}')
  ).services;
  expect(web).toEqual({
    env_file: [
      { path: '/p/a.env', required: true },
      { path: '/~me/b.env', required: true },
    ],
    label_file: ['/p/c'],
    build: { ssh: { default: null, k: '/p/key' } },
    develop: { watch: [{ path: '/p/src' }] },
  });
});

test('only bind mounts have a path of the host, which may be one of Windows', async () => {
  const { web } = (
    await service(String.raw`volumes: ["./a:/b", "data:/d", 'C:\x:/y', '\\host\share:/z', {type: bind, source: "", target: /e}]`)
  ).services;
  expect((web['volumes'] as { source: string }[]).map(({ source }) => source)).toEqual(['/p/a', 'data', 'C:\\x', '\\\\host\\share', '/p']);
});

test('the device of a local bind volume is a path; that of others is not', async () => {
  const bind = '{driver: local, driver_opts: {o: bind, device: ./d}}';
  const other = '{driver: local, driver_opts: {o: addr=x, device: ":/d"}}';
  expect(await resolved(`volumes: {a: ${bind}, b: ${other}, c: {driver_opts: {o: bind, device: ./d}}}`)).toEqual({
    volumes: {
      a: { driver: 'local', driver_opts: { o: 'bind', device: '/p/d' } },
      b: { driver: 'local', driver_opts: { o: 'addr=x', device: ':/d' } },
      c: { driver_opts: { o: 'bind', device: './d' } },
    },
  });
});

test('files of configs and secrets are absolute', async () => {
  expect(await resolved('configs: {a: {file: x}}\nsecrets: {b: {file: ~/y}, c: {environment: Z}}')).toEqual({
    configs: { a: { file: '/p/x' } },
    secrets: { b: { file: '/~me/y' }, c: { environment: 'Z' } },
  });
});

test('of a watched path the first link is followed, and links are looked for there only', async () => {
  const asked: string[] = [];
  const rule = (path: string) => `services: {web: {volumes: ["./link:/x"], develop: {watch: [{path: ${path}}]}}}`;
  expect(await resolved(rule('link/inner'), asked)).toMatchObject({
    services: { web: { volumes: [{ source: '/p/link' }], develop: { watch: [{ path: '/real/inner' }] } } },
  });
  expect(asked).toEqual(['/p', '/p/link']);
});
