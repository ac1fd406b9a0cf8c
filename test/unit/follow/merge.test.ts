// Many outputs into one, with an output that is slow.
import { PassThrough } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { mergeInto } from '../../../src/follow/merge.ts';
import { logSink } from '../../../src/view/logs.ts';
import type { Output } from '../../../src/view/view.ts';

/** An output that takes text only when it is told to. */
function slowOutput() {
  const written: Buffer[] = [];
  let release: (() => void) | undefined;
  const output: Output = {
    write: text => void written.push(Buffer.from(text)),
    drained: () =>
      new Promise(resolve => {
        release = resolve;
      }),
    isTerminal: false,
    columns: 80,
    rows: 24,
  };
  return { output, text: () => Buffer.concat(written).toString(), size: () => Buffer.concat(written).length, release: () => release?.() };
}

const plain = (output: Output) => logSink({ stdout: output, prefix: true, colour: false });

test('lines of two containers never mix, and unfinished last lines are ended', async () => {
  const slow = slowOutput();
  const merge = mergeInto(plain(slow.output));
  const [a, b] = [new PassThrough(), new PassThrough()];
  const both = Promise.all([merge.add('a-1', true, a), merge.add('b-1', true, b)]);
  a.write('half ');
  b.write('other\nlast');
  await setImmediate();
  a.end('line\n');
  await setImmediate();
  b.end();
  await both;
  expect(slow.text()).toBe('b-1 | other\na-1 | half line\nb-1 | last\n'.replaceAll('-1 |', '-1  |'));
});

test('reading waits while the output is full, and goes on when it has room', async () => {
  const slow = slowOutput();
  const merge = mergeInto(plain(slow.output));
  const source = new PassThrough();
  const done = merge.add('a-1', true, source);
  const megabyte = Buffer.from(`${'x'.repeat(1023)}\n`.repeat(1024));
  source.write(megabyte);
  for (let turn = 0; turn < 5; turn++) await setImmediate();
  const before = slow.size();
  source.write(megabyte);
  for (let turn = 0; turn < 20; turn++) await setImmediate();
  expect(slow.size()).toBe(before);
  expect(source.isPaused()).toBe(true);
  source.end();
  slow.release();
  while (!source.readableEnded) {
    slow.release();
    await setImmediate();
  }
  await done;
  expect(slow.text().split('\n').length - 1).toBe(2048);
});

test('a line longer than the buffer stays one line while others wait', async () => {
  const slow = slowOutput();
  const merge = mergeInto(plain(slow.output));
  const [a, b] = [new PassThrough(), new PassThrough()];
  const both = Promise.all([merge.add('a-1', true, a), merge.add('b-1', true, b)]);
  const free = setInterval(slow.release, 1);
  a.write('x'.repeat(3 << 20));
  while (slow.size() < 1 << 20) await setImmediate();
  b.write('short\n');
  await setImmediate();
  a.write('end\n');
  a.end();
  b.end();
  await both;
  clearInterval(free);
  expect(slow.text()).toBe(`a-1  | ${'x'.repeat(3 << 20)}end\nb-1  | short\n`);
});

test('a stream that breaks rejects, with what it had said written', async () => {
  const slow = slowOutput();
  const source = new PassThrough();
  const done = mergeInto(plain(slow.output)).add('a-1', true, source);
  source.write('last words');
  await setImmediate();
  source.destroy(new Error('cut'));
  await expect(done).rejects.toThrow('cut');
  expect(slow.text()).toBe('a-1  | last words\n');
});
