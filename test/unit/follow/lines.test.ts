// Frames and lines, however their bytes are cut.

import { expect, test } from 'vitest';
import { frameReader } from '../../../src/engine/frames.ts';
import { lineSplitter } from '../../../src/follow/lines.ts';
import { fc } from '../properties.ts';

function frame(stream: 1 | 2, text: string): Buffer {
  const header = Buffer.alloc(8);
  header[0] = stream;
  header.writeUInt32BE(Buffer.byteLength(text), 4);
  return Buffer.concat([header, Buffer.from(text)]);
}

/** Cuts bytes at the given places. */
function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const edges = [0, ...new Set(places.map(place => place % (bytes.length + 1))), bytes.length].sort((a, b) => a - b);
  return edges.slice(1).map((edge, index) => bytes.subarray(edges[index], edge));
}

test('frames are read alike however they are cut', () => {
  const streams = fc.array(fc.tuple(fc.constantFrom<1 | 2>(1, 2), fc.string()));
  fc.assert(
    fc.property(streams, fc.array(fc.nat()), (frames, places) => {
      const got = { stdout: '', stderr: '' };
      const parts: Record<'stdout' | 'stderr', Buffer[]> = { stdout: [], stderr: [] };
      const read = frameReader((stream, bytes) => parts[stream].push(Buffer.from(bytes)));
      for (const chunk of cut(Buffer.concat(frames.map(([stream, text]) => frame(stream, text))), places)) read(chunk);
      got.stdout = Buffer.concat(parts.stdout).toString();
      got.stderr = Buffer.concat(parts.stderr).toString();
      const sent = (wanted: 1 | 2) =>
        Buffer.from(
          frames
            .filter(([stream]) => stream === wanted)
            .map(([, text]) => text)
            .join(''),
        ).toString();
      expect(got).toEqual({ stdout: sent(1), stderr: sent(2) });
    }),
  );
});

test('lines come whole however their bytes are cut, and nothing is lost', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('a', 'bc', '\n', 'ü', '\r\n')), fc.array(fc.nat()), (texts, places) => {
      const bytes = Buffer.from(texts.join(''));
      const written: string[] = [];
      const splitter = lineSplitter(piece => written.push(piece.toString('latin1')));
      for (const chunk of cut(bytes, places)) {
        splitter.push(chunk);
        expect(written.join('')).toMatch(/^$|\n$/);
      }
      splitter.end();
      const text = bytes.toString('latin1');
      expect(written.join('')).toBe(text === '' || text.endsWith('\n') ? text : `${text}\n`);
    }),
  );
});

test('a line past the limit is handed on in pieces, and says so until it ends', () => {
  const written: string[] = [];
  const splitter = lineSplitter(piece => written.push(piece.toString()), 10);
  splitter.push(Buffer.from('123456'));
  expect(splitter.inPieces).toBe(false);
  splitter.push(Buffer.from('789012'));
  expect(splitter.inPieces).toBe(true);
  splitter.push(Buffer.from('3\nnext'));
  expect(splitter.inPieces).toBe(false);
  splitter.end();
  expect(written.join('')).toBe('1234567890123\nnext\n');
});

test('an empty stream stays empty', () => {
  const written: string[] = [];
  lineSplitter(piece => written.push(piece.toString())).end();
  expect(written).toEqual([]);
});
