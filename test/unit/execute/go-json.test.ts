// execute/go-json.ts: JSON of other programs is taken as Go takes it, and a stream of it is cut into its objects.
import { describe, expect, test } from 'vitest';
import { decode, flag, list, objectCutter, optional, struct, text, WrongShape } from '../../../src/execute/go-json.ts';

const part = struct({ name: text, required: flag });
const whole = struct({ description: text, parts: list(part), stop: optional(part) });
const nothing = { description: '', parts: undefined, stop: undefined };

describe('a shape', () => {
  test.each([
    ['null is empty', 'null', nothing],
    ['what is absent is empty', '{}', nothing],
    ['an empty list is not the same as none', '{"parts": []}', { ...nothing, parts: [] }],
    ['null in a list is an empty one', '{"parts": [null]}', { ...nothing, parts: [{ name: '', required: false }] }],
    [
      'keys count whatever their case',
      '{"Description": "d", "PARTS": [{"Name": "a"}]}',
      { ...nothing, description: 'd', parts: [{ name: 'a', required: false }] },
    ],
    [
      'the last of several keys counts, unless it is null',
      '{"description": "a", "Description": "b", "DESCRIPTION": null}',
      { ...nothing, description: 'b' },
    ],
    ['the letters that Go takes for k and s are k and s', '{"deſcription": "d"}', { ...nothing, description: 'd' }],
    ['other keys are passed over, whatever they hold', '{"more": [1], "__proto__": 3, "toString": 4}', nothing],
  ])('%s', (_, json, wanted) => {
    expect(decode(json, whole)).toEqual(wanted);
  });

  test.each([
    '',
    'secret',
    '{"description": "secret"',
    '[]',
    '3',
    '{"description": 3}',
    '{"parts": {}}',
    '{"parts": [{"required": "true"}]}',
    '{"stop": 3}',
    '{"description": 3, "Description": "d"}',
  ])('%s is refused without a word of it', json => {
    const refused = () => decode(json, whole);
    expect(refused).toThrow(WrongShape);
    expect(refused).not.toThrow(/secret/);
  });
});

describe('a stream of objects', () => {
  /** Everything that is told of a stream, which arrives in pieces of so many bytes. */
  function cut(stream: string, size: number) {
    const told: (string | number)[] = [];
    const cutter = objectCutter(
      (json, place) => told.push(`${place} ${json}`),
      place => told.push(place),
    );
    const bytes = Buffer.from(stream);
    for (let at = 0; at < bytes.length; at += size) cutter.read(bytes.subarray(at, at + size));
    cutter.end();
    return told;
  }

  test.each([
    ['several on one line', '{"a":1}{"b":2}\n', ['1 {"a":1}', '8 {"b":2}']],
    ['one over several lines', ' {\n"a":\n[{}]}\r\n\t', ['2 {\n"a":\n[{}]}']],
    ['braces and quotes inside of texts', '{"a":"}{\\"]\\\\"} {}', ['1 {"a":"}{\\"]\\\\"}', '17 {}']],
    ['letters of several bytes', '{"a":"grüße"}{"ü":""}', ['1 {"a":"grüße"}', '16 {"ü":""}']],
    ['what begins no object, and nothing after it', '{} no {}', ['1 {}', 4]],
    ['an object that is torn', '{} {"a":', ['1 {}', 4]],
    ['a text that is torn', '{"a', [1]],
    ['nothing', ' \n', []],
  ])('%s', (_, stream, wanted) => {
    for (const size of [1, 2, 3, 100]) expect(cut(stream, size), `in pieces of ${size}`).toEqual(wanted);
  });
});
