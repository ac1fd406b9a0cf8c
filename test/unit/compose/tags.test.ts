// `!reset` and `!override`: what a document clears, and what is left of it.
import { expect, test } from 'vitest';
import { clearPaths, extractTags } from '../../../src/compose/tags.ts';
import { mapping, plain } from './nodes.ts';

test('a reset is cleared and gone, an override is cleared and kept', async () => {
  const document = await mapping(`
services:
  web:
    ports: !reset []
    environment: !override {A: "1"}
    labels: {x: !reset null, y: "2"}
`);
  const { document: left, cleared } = extractTags(document);
  expect(cleared).toEqual([
    ['services', 'web', 'ports'],
    ['services', 'web', 'environment'],
    ['services', 'web', 'labels', 'x'],
  ]);
  expect(plain(left)).toEqual({ services: { web: { environment: { A: '1' }, labels: { y: '2' } } } });
});

test('inside a list, a reset drops the item and clears nothing', async () => {
  const { document, cleared } = extractTags(await mapping('a: [1, !reset 2, {b: !reset 3, c: 4}]'));
  expect(cleared).toEqual([]);
  expect(plain(document)).toEqual({ a: [1, { c: 4 }] });
});

test('tags below an override are not looked at', async () => {
  const { cleared } = extractTags(await mapping('a: !override {b: !reset 1}'));
  expect(cleared).toEqual([['a']]);
});

test('cleared paths are taken out of a tree, and paths that are not there do nothing', async () => {
  const tree = await mapping('services: {web: {ports: [1], image: x}, "a.b": {image: y}}');
  const left = clearPaths(tree, [
    ['services', 'web', 'ports'],
    ['services', 'a.b', 'image'],
    ['services', 'no', 'ports'],
  ]);
  expect(plain(left)).toEqual({ services: { web: { image: 'x' }, 'a.b': {} } });
});
