// Texts that users write for times and images, as the Engine API takes them.
import { expect, test } from 'vitest';
import { splitReference } from '../../../../src/engine/docker/images.ts';
import { timestamp } from '../../../../src/engine/docker/timestamp.ts';

const now = Date.UTC(2026, 0, 2, 3, 4, 5);

test.each([
  [undefined, undefined],
  ['1700000000', '1700000000'],
  ['1700000000.5', '1700000000.5'],
  ['10m', (now / 1000 - 600).toFixed(9)],
  ['1h30m', (now / 1000 - 5400).toFixed(9)],
  ['250ms', (now / 1000 - 0.25).toFixed(9)],
  ['2026-01-01T00:00:00Z', String(Date.UTC(2026, 0, 1) / 1000)],
  ['2026-01-01T02:00:00.123456789+02:00', `${Date.UTC(2026, 0, 1) / 1000}.123456789`],
  ['yesterday', 'yesterday'],
])('%s is %s for the engine', (text, expected) => {
  expect(timestamp(text, now)).toBe(expected);
});

test('a date without a zone is local', () => {
  expect(timestamp('2026-01-01', now)).toBe(String(new Date(2026, 0, 1).getTime() / 1000));
  expect(timestamp('2026-01-01T10:30', now)).toBe(String(new Date(2026, 0, 1, 10, 30).getTime() / 1000));
});

test.each([
  ['busybox', 'busybox', 'latest'],
  ['busybox:1', 'busybox', '1'],
  ['host:5000/a/b', 'host:5000/a/b', 'latest'],
  ['host:5000/a/b:2', 'host:5000/a/b', '2'],
  ['a:1@sha256:00', 'a', 'sha256:00'],
])('%s is pulled as %s with the tag %s', (reference, fromImage, tag) => {
  expect(splitReference(reference)).toEqual({ fromImage, tag });
});
