// What the log sink prints, byte for byte as the reference does.
import { expect, test } from 'vitest';
import { type LogSinkOptions, logSink } from '../../../src/view/logs.ts';
import type { Output } from '../../../src/view/view.ts';

function collector() {
  const writes: string[] = [];
  const output: Output = {
    write: text => void writes.push(Buffer.from(text).toString()),
    drained: async () => undefined,
    isTerminal: false,
    columns: 80,
    rows: 24,
  };
  return { output, writes, text: () => writes.join('') };
}

function sinkWith(options: Partial<LogSinkOptions> = {}) {
  const stdout = collector();
  const stderr = collector();
  return { stdout, stderr, sink: logSink({ stdout: stdout.output, prefix: true, colour: false, ...options }) };
}

const bytes = (text: string) => Buffer.from(text);

test('the width of prefixes is that of the longest name so far, plus one', () => {
  const { sink, stdout } = sinkWith();
  const short = sink.writer('a-1');
  short.write('stdout', bytes('one\n'));
  const long = sink.writer('longer-1');
  short.write('stdout', bytes('two\n'));
  long.write('stderr', bytes('three\r\n'));
  sink.flush();
  expect(stdout.text()).toBe('a-1  | one\na-1       | two\nlonger-1  | three\r\n');
});

test('what is gathered goes out in one write', () => {
  const { sink, stdout } = sinkWith();
  sink.writer('a-1').write('stdout', bytes('1\n2\n3\n'));
  sink.writer('b-1').write('stdout', bytes('4\n'));
  sink.flush();
  sink.flush();
  expect(stdout.writes).toEqual(['a-1  | 1\na-1  | 2\na-1  | 3\nb-1  | 4\n']);
});

test('colours go round by the order of names, and cover the prefix alone', () => {
  const { sink, stdout } = sinkWith({ colour: true });
  const writers = Array.from({ length: 11 }, (_, index) => sink.writer(`s-${index + 10}`));
  for (const writer of writers) writer.write('stdout', bytes('x\n'));
  sink.flush();
  const codes = stdout
    .text()
    .split('\n')
    .slice(0, 11)
    .map(line => line.slice(2, line.indexOf('m')));
  expect(codes).toEqual(['36', '33', '32', '35', '34', '36;1', '33;1', '32;1', '35;1', '34;1', '36']);
  expect(stdout.text().split('\n')[0]).toBe('\u001b[36ms-10  | \u001b[0mx');
});

test('stderr goes to its own output where there is one', () => {
  const errors = collector();
  const { sink, stdout } = sinkWith({ stderr: errors.output });
  sink.writer('a-1').write('stdout', bytes('out\n'));
  sink.writer('a-1').write('stderr', bytes('err\n'));
  sink.flush();
  expect([stdout.text(), errors.text()]).toEqual(['a-1  | out\n', 'a-1  | err\n']);
});

test('without prefixes lines are as they came', () => {
  const { sink, stdout } = sinkWith({ prefix: false, colour: true });
  sink.writer('a-1').write('stdout', bytes('plain\n'));
  sink.flush();
  expect(stdout.text()).toBe('plain\n');
});

test('a status line is as the reference writes it', () => {
  const { sink, stdout } = sinkWith({ colour: true });
  sink.status('a-1', 'exited with code 0');
  expect(stdout.text()).toBe('\u001b[36m\r\u001b[Ka-1 exited with code 0\n\u001b[0m');
});

test('a line that comes in pieces has one prefix, and ends before another container speaks', () => {
  const { sink, stdout } = sinkWith();
  const a = sink.writer('a-1');
  const b = sink.writer('b-1');
  a.write('stdout', bytes('piece '));
  a.write('stdout', bytes('by piece\nnext'));
  b.write('stdout', bytes('other\n'));
  a.write('stdout', bytes('rest\n'));
  sink.flush();
  expect(stdout.text()).toBe('a-1  | piece by piece\na-1  | next\nb-1  | other\na-1  | rest\n');
});

test('timestamps of the client have nine decimals and the local zone', () => {
  const { sink, stdout } = sinkWith({ clock: () => Date.UTC(2026, 10, 22, 0, 33, 11, 91) });
  sink.writer('a-1').write('stdout', bytes('one\n'));
  sink.flush();
  expect(stdout.text()).toMatch(/^a-1 {2}\| 20\d\d-\d\d-\d\dT\d\d:\d\d:11\.091000000(Z|[+-]\d\d:\d\d) one\n$/);
});

test('the sink is full only until its outputs have taken what was written', async () => {
  const { sink } = sinkWith();
  expect(sink.full()).toBeUndefined();
  sink.writer('a-1').write('stdout', Buffer.alloc(1 << 19, 'x\n'));
  sink.flush();
  const full = sink.full();
  expect(full).toBeDefined();
  await full;
  expect(sink.full()).toBeUndefined();
});
