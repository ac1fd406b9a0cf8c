// execute/operations/providers.ts: what a provider answers is a stream of JSON, of which nothing is shown but what is meant for people.
import { expect, test } from 'vitest';
import { answerReader } from '../../../src/execute/operations/providers.ts';

/** What becomes of a provider's output. */
function answered(output: string) {
  const shown: unknown[] = [];
  const reader = answerReader({ progress: ({ text }) => shown.push(text) });
  reader.read(Buffer.from(output));
  const { failed, prefixed, raw } = reader.end();
  return { failed, told: Object.fromEntries([...prefixed, ...raw]), shown };
}

test('answers may follow one another on a line or go over several, with keys in any case', () => {
  const output =
    '{"type":"info","message":"hello\\nyou"}{"Type":"setenv","MESSAGE":"URL=x=y"}\n{\n"type":"rawsetenv",\n"message":"A="}{"type":"debug"}';
  expect(answered(output)).toEqual({ failed: undefined, told: { URL: 'x=y', A: '' }, shown: ['hello'] });
});

test('the first error counts, and what follows it is passed over', () => {
  const output = '{"type":"error","message":"no room left"}{"type":"error","message":"more"}{"type":"info","message":"late"} nonsense';
  expect(answered(output)).toEqual({ failed: 'no room left', told: {}, shown: [] });
});

test.each([
  ['a text', 'secret', 'not JSON (byte 1 of its output)'],
  ['a text after an answer', '{"type":"debug"}\nsecret', 'not JSON (byte 18 of its output)'],
  ['a torn answer', '{"type":"setenv","message":"URL=secret', 'not JSON (byte 1 of its output)'],
  ['a broken answer', '{"type":"setenv","message":"URL=secret",}', 'not JSON with the texts "type" and "message" (byte 1 of its output)'],
  [
    'a message that is no text',
    '{"type":"setenv","message":["secret"]}',
    'not JSON with the texts "type" and "message" (byte 1 of its output)',
  ],
  ['a list', '["secret"]', 'not JSON (byte 1 of its output)'],
  ['nothing', 'null', 'not JSON (byte 1 of its output)'],
  ['a variable without a value', '{"type":"setenv","message":"secret"}', 'setenv without NAME=value (byte 1 of its output)'],
  ['another type', '{"type":"secret"}', 'its type is none of error, info, debug, setenv, rawsetenv (byte 1 of its output)'],
])('%s is told by its place, and not quoted', (_, output, why) => {
  expect(answered(output)).toEqual({ failed: `invalid response from plugin: ${why}`, told: {}, shown: [] });
});
