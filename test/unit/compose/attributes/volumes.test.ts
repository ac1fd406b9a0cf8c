// compose/attributes/volumes.ts: short and long forms of mounts.
import { expect, test } from 'vitest';
import { complaints } from '../loading.ts';
import { canonical, canonicalDocument } from './forms.ts';

async function mount(item: string): Promise<unknown> {
  const { service, messages } = await canonical(`volumes: [${item}]`);
  return messages.length > 0 ? messages : (service['volumes'] as readonly unknown[])[0];
}

const bind = { create_host_path: true };

test.each([
  ['"/abc"', { type: 'volume', target: '/abc', volume: {} }],
  ['/', { type: 'volume', target: '/' }],
  ['ab', { type: 'volume', target: 'ab' }],
  ['"data:/b"', { type: 'volume', source: 'data', target: '/b', volume: {} }],
  ['"./a:/b"', { type: 'bind', source: './a', target: '/b', bind }],
  ['"~/a:/b/"', { type: 'bind', source: '~/a', target: '/b', bind }],
  ['"/a:/b/../c:ro"', { type: 'bind', source: '/a', target: '/c', read_only: true, bind }],
  ['"/a:/b:ro,rw"', { type: 'bind', source: '/a', target: '/b', bind }],
  ['"/a:/b:Z,rprivate"', { type: 'bind', source: '/a', target: '/b', bind: { selinux: 'Z', propagation: 'rprivate', ...bind } }],
  ['"data:/b:z"', { type: 'volume', source: 'data', target: '/b', bind: { selinux: 'z', create_host_path: true }, volume: {} }],
  ['"data:/b:nocopy"', { type: 'volume', source: 'data', target: '/b', volume: { nocopy: true } }],
  ['"c:/a:/b"', { type: 'bind', source: 'c:/a', target: '/b', bind }],
  ["'C:\\a:D:\\b:ro'", { type: 'bind', source: 'C:\\a', target: 'D:\\b', read_only: true, bind }],
  ['"d:/data"', { type: 'volume', target: 'd:/data', volume: {} }],
  ['{type: bind, source: /a, target: /b}', { type: 'bind', source: '/a', target: '/b' }],
  ['{type: bind, source: /a, target: /b, bind: {}}', { type: 'bind', source: '/a', target: '/b', bind }],
])('%s', async (item, expected) => expect(await mount(item)).toEqual(expected));

test.each([
  ['"./a::/b"', 'invalid spec: ./a::/b: empty section between colons'],
  ['"/a:/b:"', 'invalid spec: /a:/b:: empty section between colons'],
  ['"./a:/b:ro:z"', 'invalid spec: ./a:/b:ro:z: too many colons'],
  ['""', 'invalid empty volume spec'],
])('%s is refused', async (item, problem) => expect(await mount(item)).toEqual([`services.web.volumes[0]: ${problem}`]));

test('options without effect bring a warning', async () => {
  const { messages } = await canonical('volumes: ["/a:/b:ro,readonly,cached"]');
  expect(messages).toEqual(['services.web.volumes[0]: the mount option "readonly" is unknown and has no effect']);
});

test('a volume of one letter is that volume where the project declares it', async () => {
  const { service } = await canonicalDocument('services: {web: {volumes: ["d:/data", "d:/logs:ro", "e:/x", "d:/a:/b"]}}\nvolumes: {d: }\n');
  expect(service['volumes']).toEqual([
    { type: 'volume', source: 'd', target: '/data', volume: {} },
    { type: 'volume', source: 'd', target: '/logs', read_only: true, volume: {} },
    { type: 'volume', target: 'e:/x', volume: {} },
    { type: 'bind', source: 'd:/a', target: '/b', bind },
  ]);
});

test('expressions are not divided at their colons while variables are not put in', async () => {
  const { service } = await canonical('volumes: ["${A:-./b}:/c:ro"]', true);
  expect(service['volumes']).toEqual([{ type: 'volume', source: '${A:-./b}', target: '/c', read_only: true, volume: {} }]);
});

test('a mode of volumes_from has no effect, and brings a warning', async () => {
  const text = 'services:\n  a: {image: i}\n  b: {image: i, volumes_from: [a, "a:ro", "a:rw", "container:x:ro", "container:ro"]}\n';
  expect(await complaints(text)).toEqual([
    'value.suspicious /p/compose.yaml:3:35 services.b.volumes_from[1]: the mode "ro" has no effect, and "a:ro" may be written to',
    'value.suspicious /p/compose.yaml:3:51 services.b.volumes_from[3]: the mode "ro" has no effect, and "container:x:ro" may be written to',
  ]);
});
