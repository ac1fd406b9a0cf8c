// Texts of values, against what Go's own functions answered for the same texts.
import { describe, expect, test } from 'vitest';
import {
  durationMs,
  float32Text,
  formatDuration,
  formatMode,
  goFloatText,
  goTimeText,
  jsonFloatText,
  parseBytes,
  parseDuration,
  parseMode,
  parseWhole,
  splitCommand,
  truncated,
  wholeOf,
} from '../../../src/model/values.ts';

describe('a duration', () => {
  test.each([
    ['90s', '1m30s'],
    ['1w2d3h', '219h0m0s'],
    ['1us', '1µs'],
    ['1μs', '1µs'],
    ['1500ms', '1.5s'],
    ['1.5h', '1h30m0s'],
    ['-1m', '-1m0s'],
    ['+2s', '2s'],
    ['0', '0s'],
    ['-0', '0s'],
    ['0.5ns', '0s'],
    ['.5s', '500ms'],
    ['2.s', '2s'],
    ['1h1h', '2h0m0s'],
    ['1m0.000000001s', '1m0.000000001s'],
  ])('%s is printed as %s', (text, printed) => {
    expect(formatDuration(parseDuration(text) ?? -1n)).toBe(printed);
  });

  test.each(['', '30', 's', '.s', '1 s', '1y', '1M', '1s ', '--1s', '99999999999h', '1constructor'])('is not read from %j', text => {
    expect(parseDuration(text)).toBeUndefined();
  });

  test('of the model has milliseconds', () => {
    expect(durationMs('1m30s')).toBe(90_000);
    expect(durationMs('1µs')).toBe(0.001);
    expect(durationMs(undefined)).toBeUndefined();
  });
});

describe('a size', () => {
  test.each([
    ['64m', 67108864],
    ['1.5g', 1610612736],
    ['12mb', 12582912],
    ['1 KiB', 1024],
    ['10B', 10],
    ['-1', -1],
    ['1e3', 1000],
    ['.5k', 512],
    ['1.9', 1],
    ['1_000', 1000],
  ])('%s has %i bytes', (text, bytes) => {
    expect(parseBytes(text)).toBe(BigInt(bytes));
  });

  test.each(['', 'm', '1Gi', '1  m', '-1m', '1x', '1bb', '_1', '1__0', '0x10', '1e999'])('is not read from %j', text => {
    expect(parseBytes(text)).toBeUndefined();
  });
});

describe('a command', () => {
  test.each([
    ['sleep 60', ['sleep', '60']],
    [`echo "a b" 'c \\ d' e\\ f`, ['echo', 'a b', 'c \\ d', 'e f']],
    [`a"b"'c'`, ['abc']],
    [`''`, ['']],
    ['', []],
    ['a\\tb', ['a\tb']],
    ['echo `a b` #c ~ *', ['echo', '`a b`', '#c', '~', '*']],
    ['echo $(f a)', ['echo', '$(f a)']],
    ['éa\n☃', ['éa', '☃']],
  ])('%j is split', (text, words) => {
    expect(splitCommand(text)).toEqual({ words });
  });

  test.each([
    ['echo a && echo b', ['echo', 'a'], 7, '&'],
    ['echo 2>x', ['echo'], 6, '>'],
    ['echo a2>x', ['echo', 'a2'], 7, '>'],
    ['a;b', ['a'], 1, ';'],
  ])('%j ends at its operator', (text, words, at, operator) => {
    expect(splitCommand(text)).toEqual({ words, stopped: { at, operator } });
  });

  test.each(['"a', "a'", 'a\\', '`a', '(a)', 'a)', '$(a', '$((1))'])('%j is none', text => {
    expect(splitCommand(text)).toBeUndefined();
  });
});

describe('a number', () => {
  test.each([
    [1e3, '1000', '1000'],
    [999999, '999999', '999999'],
    [1e6, '1e+06', '1000000'],
    [1234567, '1.234567e+06', '1234567'],
    [0.0001, '0.0001', '0.0001'],
    [0.00001, '1e-05', '0.00001'],
    [1e-7, '1e-07', '1e-7'],
    [1e21, '1e+21', '1e+21'],
    [-0, '-0', '-0'],
    [0, '0', '0'],
    [1.5, '1.5', '1.5'],
  ])('%d is written as Go writes it', (value, go, json) => {
    expect([goFloatText(value), jsonFloatText(value)]).toEqual([go, json]);
  });

  test('of 32 bits has its shortest digits', () => {
    expect([0.1, Math.fround(0.1), 16777216.5, 0.25, 3.4e38, 1e-7].map(float32Text)).toEqual([
      '0.1',
      '0.1',
      '16777216',
      '0.25',
      '3.4e+38',
      '1e-7',
    ]);
  });

  test('that is whole keeps all its digits up to 64 bits', () => {
    const digits = ['9007199254740993', '-9223372036854775808', '+5', '9223372036854775808', '1e3'];
    expect(digits.map(parseWhole)).toEqual([9007199254740993n, -(2n ** 63n), 5n, undefined, undefined]);
    expect([12n, 2n ** 53n + 1n].map(wholeOf)).toEqual([12, '9007199254740993']);
    expect([1.9, -1.9, 1e30, -1e30].map(truncated)).toEqual([1n, -1n, -(2n ** 63n), -(2n ** 63n)]);
  });
});

test('a file mode is read as octal and printed with a leading zero', () => {
  expect(['0440', '440', '+7', '-17', '8', '0o7', ''].map(parseMode)).toEqual([288n, 288n, 7n, -15n, undefined, undefined, undefined]);
  expect([288n, 444n, 0n].map(formatMode)).toEqual(['0440', '0674', '00']);
});

test('a time is printed as Go prints it', () => {
  expect(goTimeText('2020-01-01T00:00:00Z')).toBe('2020-01-01 00:00:00 +0000 UTC');
  expect(goTimeText('2001-12-14T21:59:43.1-05:00')).toBe('2001-12-14 21:59:43.1 -0500 -0500');
});
