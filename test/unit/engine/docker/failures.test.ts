// What engines, registries and the system say, and the kind of failure it is.
import { expect, test } from 'vitest';
import { answerFailure, answerMessage, connectionFailure, dockerodeFailure } from '../../../../src/engine/docker/failures.ts';

const url = 'unix:///x.sock';

test.each([
  [
    500,
    'driver failed programming external connectivity on endpoint x: Bind for 0.0.0.0:80 failed: port is already allocated',
    'port-in-use',
  ],
  [500, 'Error starting userland proxy: listen tcp4 0.0.0.0:80: bind: address already in use', 'port-in-use'],
  [404, 'No such image: nope:latest', 'image-missing'],
  [404, "pull access denied for nope, repository does not exist or may require 'docker login'", 'pull-denied'],
  [404, 'manifest for busybox:nope not found: manifest unknown: manifest unknown', 'pull-denied'],
  [500, 'unauthorized: authentication required', 'pull-denied'],
  [404, 'No such container: x', 'not-found'],
  [409, 'Conflict. The container name "/x" is already in use', 'conflict'],
  [400, 'client version 1.41 is too old. Minimum supported API version is 1.44', 'too-old'],
  [403, 'error while removing network: network shop_default id 1 has active endpoints', 'conflict'],
  [403, 'authorization denied by plugin policy', 'refused'],
  [500, 'something else', 'refused'],
])('an answer %i "%s" is %s', (status, message, kind) => {
  expect(answerFailure(status, message, 'POST /x')).toMatchObject({ kind, message, status, call: 'POST /x' });
});

test.each([
  ['ECONNREFUSED', 'unreachable'],
  ['ENOENT', 'unreachable'],
  ['ECONNRESET', 'unreachable'],
  ['EACCES', 'denied'],
  ['ABORT_ERR', 'aborted'],
])("the system's %s is %s", (code, kind) => {
  expect(connectionFailure(Object.assign(new Error('as the system says'), { code }), 'GET /x', url)).toMatchObject({
    kind,
    call: 'GET /x',
  });
});

test("dockerode's decoration is taken off the sentence of the engine", () => {
  const error = Object.assign(new Error('(HTTP code 404) no such container - No such container: x '), {
    statusCode: 404,
    reason: 'no such container',
  });
  expect(dockerodeFailure(error, 'POST /x', url)).toMatchObject({ kind: 'not-found', message: 'No such container: x', status: 404 });
});

test('an answer that is not JSON is taken as it is', () => {
  expect(answerMessage('bad gateway\n', 502)).toBe('bad gateway');
  expect(answerMessage('', 502)).toBe('the engine answered with status 502');
  expect(answerMessage('{"message":"no\\n"}', 500)).toBe('no');
});
