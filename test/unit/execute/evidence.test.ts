// execute/evidence.ts and hints.ts: what is shown of a container's output, and who holds a port.
import { expect, test } from 'vitest';
import { lastLines, sanitised, withEvidence } from '../../../src/execute/evidence.ts';
import { portIn, rivalryIn } from '../../../src/execute/hints.ts';
import { project } from '../compose/loading.ts';

test('output can not drive the terminal', () => {
  expect(sanitised('\u001b[31mred\u001b[0m \u001b]0;title\u0007\u001b[2Jgone\u0008\u009b1m')).toBe('red gone1m');
});

test('the last lines that say something are kept, what a progress bar drew over is not', () => {
  expect(lastLines('a\n\n10%\r20%\rdone\r\n  \nb\n', 2)).toEqual(['done', 'b']);
});

test('a line of any length is cut', () => {
  expect(lastLines('x'.repeat(10_000))[0]?.length).toBeLessThan(500);
});

test('the fact is the first line, and stands alone where nothing was said', () => {
  expect(withEvidence('it failed', 'its last output:', ['a', 'b'])).toBe('it failed\nits last output:\n  a\n  b');
  expect(withEvidence('it failed', 'its last output:', [])).toBe('it failed');
});

test.each([
  ['driver failed programming external connectivity on endpoint x (abc): Bind for 0.0.0.0:8080 failed: port is already allocated', 8080],
  ['Error starting userland proxy: listen tcp4 0.0.0.0:80: bind: address already in use', 80],
  ['Error starting userland proxy: listen udp [::]:53: bind: address already in use', 53],
  ['failed to bind host port for 127.0.0.1:5432:172.17.0.2:5432/tcp: address already in use', 5432],
  ['failed to bind host port 0.0.0.0:5432/tcp: address already in use', 5432],
  ['no such container', undefined],
])('the port in %j is %s', (sentence, port) => {
  expect(portIn(sentence)).toBe(port);
});

test('a port that the project wants twice is told as that, whoever holds it by now', async () => {
  const wanted = await project(`services:
  a: {image: i, ports: ["80:1"]}
  b: {image: i, ports: ["127.0.0.1:80:2"]}
  udp: {image: i, ports: ["80:1/udp"]}
  many: {image: i, scale: 2, ports: ["90:1"]}
  off: {image: i, scale: 0, ports: ["100:1"]}
  alone: {image: i, ports: ["100:1", "127.0.0.1:110:1"]}
  apart: {image: i, ports: ["127.0.0.2:110:1"]}
`);
  expect(rivalryIn(wanted, 'b', 80)).toBe('Publish another port for service "b" or for "a", which both want 80.');
  expect(rivalryIn(wanted, 'many', 90)).toBe('Publish a range of ports for service "many", of which each replica needs one.');
  expect(rivalryIn(wanted, 'udp', 80)).toBeUndefined();
  expect(rivalryIn(wanted, 'alone', 100)).toBeUndefined();
  expect(rivalryIn(wanted, 'alone', 110)).toBeUndefined();
  expect(rivalryIn(wanted, undefined, 80)).toBeUndefined();
});
