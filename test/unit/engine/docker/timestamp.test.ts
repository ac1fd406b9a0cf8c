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
  ['.5m', (now / 1000 - 30).toFixed(9)],
])('%s is %s for the engine', (text, expected) => {
  expect(timestamp('since', text, now)).toBe(expected);
});

test.each(['yesterday', '1h3x', '-1', '12:30', 'T', '2026-02-30', '2026-01-01T25:00:00Z', '2026-01-01 00:00'])('%s is refused', text => {
  expect(() => timestamp('since', text, now)).toThrow(`invalid value for "since": failed to parse value as time or duration: "${text}"`);
});

test('a date without a zone is local', () => {
  expect(timestamp('until', '2026-01-01', now)).toBe(String(new Date(2026, 0, 1).getTime() / 1000));
  expect(timestamp('until', '2026-01-01T10:30', now)).toBe(String(new Date(2026, 0, 1, 10, 30).getTime() / 1000));
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
