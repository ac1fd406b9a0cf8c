// execute/operations/hooks.ts: what a hook prints comes in pieces that are cut anywhere, and is told by lines.
import { expect, test } from 'vitest';
import { hookTail } from '../../../src/execute/operations/hooks.ts';

type Piece = readonly [channel: 'stdout' | 'stderr', bytes: Buffer | string];

function told(pieces: Iterable<Piece>) {
  const lines: string[] = [];
  const tail = hookTail(line => void lines.push(line));
  for (const [channel, bytes] of pieces) tail.read(channel, Buffer.from(bytes));
  const before = lines.length;
  return { end: tail.end(), lines, before };
}

test('a letter that is cut between pieces stays whole, whatever the other channel says meanwhile', () => {
  const bytes = Buffer.from('grüße\n');
  const { lines, end } = told([
    ['stdout', bytes.subarray(0, 3)],
    ['stderr', 'ö\n'],
    ['stdout', bytes.subarray(3)],
  ]);
  expect([lines, end]).toEqual([['ö', 'grüße'], 'ö']);
});

test('a letter that is never whole is marked, on the line and in the tail', () => {
  const { lines, end } = told([['stdout', Buffer.from('grü').subarray(0, 3)]]);
  expect([lines, end]).toEqual([['gr\ufffd'], 'gr\ufffd']);
});

test('lines are told as they end, empty ones too, and a last one without its end at the end', () => {
  const { lines, before } = told([
    ['stdout', 'a'],
    ['stdout', 'b\n\nc'],
    ['stdout', '\nd'],
  ]);
  expect([lines, before]).toEqual([['ab', '', 'c', 'd'], 3]);
});

test('a line without end is handed on in pieces of 64 KiB, and what follows it is a line of its own', () => {
  const piece = 'ü'.repeat(1000);
  const { lines, before } = told([...Array.from({ length: 1000 }, () => ['stdout', piece] as const), ['stdout', 'end\nnext\n']]);
  expect(before).toBe(lines.length);
  expect(lines.at(-1)).toBe('next');
  expect(lines.slice(0, -1).join('')).toBe(`${piece.repeat(1000)}end`);
  expect(Math.max(...lines.map(line => line.length))).toBeLessThanOrEqual(66 * 1024);
});

test('a line that ends where a piece ends has no empty one after it', () => {
  const { lines } = told([
    ['stdout', 'x'.repeat(64 * 1024)],
    ['stdout', '\n'],
    ['stdout', '\n'],
  ]);
  expect(lines.map(line => line.length)).toEqual([64 * 1024, 0]);
});
