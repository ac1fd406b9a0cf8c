import { describe, expect, test } from 'vitest';
import { AnswerReader } from '../../../../src/engine/docker/answer.ts';

const bytes = (text: string) => Buffer.from(text, 'latin1');

/** The whole answer in pieces of `size` bytes; undefined where it is not whole by then. */
function readInPieces(text: string, size: number) {
  const reader = new AnswerReader();
  for (let at = 0; at < text.length; at += size) {
    const answer = reader.push(bytes(text.slice(at, at + size)));
    if (answer) return { answer, reader, read: at + size };
  }
  return { answer: undefined, reader, read: text.length };
}

describe('an answer is read', () => {
  const chunked =
    'HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n[1,2\r\nC;note=x\r\n,3,4,5,6,7,8\r\n1\r\n]\r\n0\r\nX-Sum: 9\r\n\r\n';

  test.each([1, 2, 3, 7, 64, 4096])('from chunks, with bytes that come %i at a time', size => {
    const { answer, reader } = readInPieces(chunked, size);
    expect(answer?.status).toBe(200);
    expect(answer?.body.toString()).toBe('[1,2,3,4,5,6,7,8]');
    expect(answer?.headers.get('api-version')).toBe('1.41');
    expect(reader.staysOpen).toBe(true);
  });

  test.each([1, 5, 4096])('by its length, with bytes that come %i at a time', size => {
    const { answer } = readInPieces('HTTP/1.1 404 Not Found\r\nContent-Length: 5\r\n\r\nhello', size);
    expect(answer).toMatchObject({ status: 404 });
    expect(answer?.body.toString()).toBe('hello');
  });

  test('to the end of the connection where it has no length, and only by that end', () => {
    const reader = new AnswerReader();
    expect(reader.push(bytes('HTTP/1.0 200 OK\r\n\r\nsome'))).toBeUndefined();
    expect(reader.push(bytes(' words'))).toBeUndefined();
    expect(reader.end()?.body.toString()).toBe('some words');
    expect(reader.staysOpen).toBe(false);
  });

  test('without a body where its status has none, and after an interim answer', () => {
    const { answer, reader } = readInPieces('HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n', 9);
    expect(answer).toMatchObject({ status: 204 });
    expect(answer?.body).toHaveLength(0);
    expect(reader.staysOpen).toBe(false);
  });

  test.each([
    'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel',
    'HTTP/1.1 20',
  ])('as not whole where the connection ends in the middle: %j', text => {
    const { answer, reader } = readInPieces(text, 4096);
    expect(answer).toBeUndefined();
    expect(reader.end()).toBeUndefined();
  });

  test.each([
    ['SSH-2.0-OpenSSH\r\n\r\n', 'SSH-2.0'],
    ['HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n', 'a length of many'],
    ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n', 'a chunk of "xyz" bytes'],
    [`HTTP/1.1 200 OK\r\nX: ${'y'.repeat(70_000)}`, 'its head has no end'],
  ])('as no HTTP: %.30j', (text, told) => {
    expect(() => readInPieces(text, 100_000)).toThrow(told);
  });
});
