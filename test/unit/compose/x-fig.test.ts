// x-fig: what fig reads there, and that whatever else stands there brings a warning with its place, never an error.
import { expect, test } from 'vitest';
import { serviceHash } from '../../../src/plan/hash.ts';
import { complaints, project } from './loading.ts';

test('volumes to keep are read', async () => {
  const text = 'services: {web: {image: a, volumes: [d:/d]}}\nvolumes: {d: }\nx-fig: {keep: [d]}';
  expect((await project(text)).fig).toEqual({ keep: ['d'], once: [] });
  expect(await complaints(text)).toEqual([]);
});

test('without x-fig nothing is asked', async () => {
  expect((await project('services: {web: {image: a}}')).fig).toEqual({ keep: [], once: [] });
});

test.each([
  ['a list', 'x-fig: [a]', '2:1 x-fig must be a mapping'],
  ['nothing', 'x-fig:', '2:1 x-fig must be a mapping'],
  ['an unknown key', 'x-fig: {kepe: [d]}', '2:9 x-fig has no key "kepe"'],
  ['a wrong type', 'x-fig: {keep: d}', '2:15 x-fig.keep: must be a list, not a string'],
  ['a wrong item', 'x-fig: {keep: [1]}', '2:16 x-fig.keep[0]: must be a string, not the number 1'],
  ['an unknown volume', 'x-fig: {keep: [b]}', '2:16 x-fig.keep names a volume "b" that is not declared'],
])('%s brings a warning, and holds nothing', async (_, line, message) => {
  const text = `services: {web: {image: a}}\n${line}\n`;
  expect(await complaints(text)).toEqual([`schema.x-fig /p/compose.yaml:${message}; it is ignored`]);
  expect((await project(text)).fig).toEqual({ keep: [], once: [] });
});

test('services that run once are read', async () => {
  const text = 'services:\n  a: {image: i, x-fig: {once: true}}\n  b: {image: i, x-fig: {once: false}}\n  c: {image: i}\n';
  expect((await project(text)).fig).toEqual({ keep: [], once: ['a'] });
  expect(await complaints(text)).toEqual([]);
});

test('a text is no yes, and brings a warning', async () => {
  const text = 'services:\n  a: {image: i, x-fig: {once: "true"}}\n';
  expect((await project(text)).fig?.once).toEqual([]);
  expect(await complaints(text)).toEqual([
    expect.stringMatching(/^schema\.x-fig .*2:\d+ services\.a\.x-fig\.once: must be .*; it is ignored$/),
  ]);
});

test('in a service, an unknown key brings a warning', async () => {
  expect(await complaints('services:\n  web:\n    image: a\n    x-fig: {a: 1}\n  db: {image: b, x-fig: 3}\n')).toEqual([
    'schema.x-fig /p/compose.yaml:4:13 services.web.x-fig has no key "a"; it is ignored',
    'schema.x-fig /p/compose.yaml:5:18 services.db.x-fig must be a mapping; it is ignored',
  ]);
});

test('other extensions are nobody’s business', async () => {
  expect(await complaints('x-figs: {a: 1}\nservices: {web: {image: a, x-other: 1}}')).toEqual([]);
});

test('no hash changes with it', async () => {
  const plain = await project('services: {web: {image: a}}');
  const extended = await project('services: {web: {image: a, x-fig: {once: true}, x-a: 1}}\nx-fig: {keep: []}');
  expect(serviceHash(extended.services['web']!)).toBe(serviceHash(plain.services['web']!));
});
