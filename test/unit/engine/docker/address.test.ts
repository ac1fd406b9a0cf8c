// Where the engine is, for every way of saying so.
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { engineAddress, parseHost } from '../../../../src/engine/docker/address.ts';
import { named } from '../../../../src/model/named.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'fig-address-'));
  mkdirSync(join(home, '.docker'));
});
afterEach(() => rmSync(home, { recursive: true }));

const settings = (environment: Record<string, string>, more = {}) => ({ home, environment: named(Object.entries(environment)), ...more });

function writeContext(name: string, host: string, skipVerify = false): void {
  const id = createHash('sha256').update(name).digest('hex');
  const meta = join(home, '.docker/contexts/meta', id);
  mkdirSync(meta, { recursive: true });
  const endpoint = { Host: host, SkipTLSVerify: skipVerify };
  writeFileSync(join(meta, 'meta.json'), JSON.stringify({ Name: name, Metadata: {}, Endpoints: { docker: endpoint } }));
}

test('an explicit host wins over a context, DOCKER_HOST and the configured context', () => {
  writeContext('far', 'tcp://far:2375');
  const address = engineAddress(
    settings({ DOCKER_HOST: 'unix:///b.sock', DOCKER_CONTEXT: 'far' }, { host: 'unix:///a.sock', context: 'far' }),
  );
  expect(address).toMatchObject({ kind: 'socket', path: '/a.sock' });
});

test('the context flag wins over DOCKER_HOST, which wins over DOCKER_CONTEXT, which wins over the configured context', () => {
  writeContext('flag', 'tcp://flag:1');
  writeContext('variable', 'tcp://variable:1');
  writeContext('config', 'tcp://config:1');
  writeFileSync(join(home, '.docker/config.json'), '{"currentContext":"config"}');
  expect(engineAddress(settings({ DOCKER_HOST: 'unix:///b.sock' }, { context: 'flag' }))).toMatchObject({ host: 'flag' });
  expect(engineAddress(settings({ DOCKER_HOST: 'unix:///b.sock', DOCKER_CONTEXT: 'variable' }))).toMatchObject({ path: '/b.sock' });
  expect(engineAddress(settings({ DOCKER_CONTEXT: 'variable' }))).toMatchObject({ host: 'variable' });
  expect(engineAddress(settings({}))).toMatchObject({ host: 'config' });
});

test('DOCKER_CONFIG names the folder with the contexts', () => {
  writeContext('there', 'tcp://there:1');
  const elsewhere = { home: '/nowhere', environment: named([['DOCKER_CONFIG', join(home, '.docker')] as const]), context: 'there' };
  expect(engineAddress(elsewhere)).toMatchObject({ host: 'there', port: 1 });
});

test('a context brings its certificates, and says whether they are checked', () => {
  writeContext('safe', 'tcp://safe:2376', true);
  const folder = join(home, '.docker/contexts/tls', createHash('sha256').update('safe').digest('hex'), 'docker');
  mkdirSync(folder, { recursive: true });
  for (const name of ['ca', 'cert', 'key']) writeFileSync(join(folder, `${name}.pem`), name);
  expect(engineAddress(settings({}, { context: 'safe' }))).toMatchObject({
    kind: 'tcp',
    tls: { ca: 'ca', cert: 'cert', key: 'key', verify: false },
  });
});

test('an unknown context fails and is named', () => {
  expect(() => engineAddress(settings({ DOCKER_CONTEXT: 'nope' }))).toThrow(
    'unable to resolve docker endpoint: context "nope": context not found',
  );
});

test('DOCKER_TLS_VERIFY brings the certificates of DOCKER_CERT_PATH, and the port of TLS', () => {
  const certificates = join(home, 'certificates');
  mkdirSync(certificates);
  writeFileSync(join(certificates, 'ca.pem'), 'the authority');
  const environment = { DOCKER_HOST: 'tcp://engine', DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: certificates };
  expect(engineAddress(settings(environment))).toMatchObject({ port: 2376, tls: { ca: 'the authority', verify: true } });
});

test("without any setting, Docker's socket in the home folder and Podman's are found", () => {
  const runtime = join(home, 'run');
  mkdirSync(join(runtime, 'podman'), { recursive: true });
  writeFileSync(join(runtime, 'podman/podman.sock'), '');
  const address = engineAddress(settings({ XDG_RUNTIME_DIR: runtime }));
  // A machine with Docker's own socket uses that one first.
  expect(['/var/run/docker.sock', join(runtime, 'podman/podman.sock')]).toContain(address.kind === 'socket' && address.path);
});

test.each([
  ['unix:///run/x.sock', { kind: 'socket', path: '/run/x.sock' }],
  ['npipe:////./pipe/docker_engine', { kind: 'socket', path: '//./pipe/docker_engine' }],
  ['tcp://localhost', { kind: 'tcp', host: 'localhost', port: 2375, prefix: '' }],
  ['tcp://localhost:80', { kind: 'tcp', port: 80 }],
  ['tcp://[::1]:9/engine/', { kind: 'tcp', host: '::1', port: 9, prefix: '/engine' }],
  ['127.0.0.1:2375', { kind: 'tcp', host: '127.0.0.1', port: 2375 }],
  ['https://engine', { kind: 'tcp', port: 2376, tls: { verify: true } }],
  ['ssh://me@there:2222/run/d.sock', { kind: 'ssh', user: 'me', host: 'there', port: '2222', socket: '/run/d.sock' }],
  ['ssh://there', { kind: 'ssh', host: 'there' }],
])('%s is an address', (text, expected) => {
  expect(parseHost(text, undefined)).toMatchObject({ ...expected, url: text });
});

test('an unknown scheme is no address', () => {
  expect(() => parseHost('ftp://x', undefined)).toThrow('unable to parse docker host "ftp://x"');
});
