// Registry credentials and proxies from config.json, with helpers that are shell scripts.
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { proxyVariables, registryCredentials, registryKey } from '../../../../src/engine/docker/credentials.ts';
import { named } from '../../../../src/model/named.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fig-credentials-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function settings(config: unknown, environment: Record<string, string> = {}) {
  writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
  const path = `${folder}${delimiter}${process.env.PATH}`;
  return { home: '/nowhere', environment: named(Object.entries({ DOCKER_CONFIG: folder, PATH: path, ...environment })) };
}

function writeHelper(name: string, script: string): void {
  const path = join(folder, `docker-credential-${name}`);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
}

const auth = (user: string, password: string) => ({ auth: Buffer.from(`${user}:${password}`).toString('base64') });

test.each([
  ['busybox', 'https://index.docker.io/v1/'],
  ['library/busybox:1', 'https://index.docker.io/v1/'],
  ['docker.io/library/busybox', 'https://index.docker.io/v1/'],
  ['registry.example/team/image:1', 'registry.example'],
  ['localhost/image', 'localhost'],
  ['127.0.0.1:5000/image@sha256:0', '127.0.0.1:5000'],
])('the credentials for %s are under %s', (reference, key) => {
  expect(registryKey(reference)).toBe(key);
});

test('a password may hold colons', async () => {
  const credentials = registryCredentials(settings({ auths: { 'registry.example': auth('me', 'a:b:c') } }));
  expect(await credentials.forImage('registry.example/x')).toEqual({
    username: 'me',
    password: 'a:b:c',
    serveraddress: 'registry.example',
  });
});

test('keys written as addresses are found', async () => {
  const credentials = registryCredentials(settings({ auths: { 'https://registry.example/v1/': auth('me', 'secret') } }));
  expect(await credentials.forImage('registry.example/x')).toMatchObject({ username: 'me' });
});

test('an identity token stands in for a password', async () => {
  const credentials = registryCredentials(settings({ auths: { 'registry.example': { ...auth('me', ''), identitytoken: 'token' } } }));
  expect(await credentials.forImage('registry.example/x')).toEqual({
    username: 'me',
    identitytoken: 'token',
    serveraddress: 'registry.example',
  });
});

test('DOCKER_AUTH_CONFIG wins over the file', async () => {
  const environment = { DOCKER_AUTH_CONFIG: JSON.stringify({ auths: { 'registry.example': auth('ci', 'job') } }) };
  const credentials = registryCredentials(settings({ auths: { 'registry.example': auth('me', 'mine') } }, environment));
  expect(await credentials.forImage('registry.example/x')).toMatchObject({ username: 'ci' });
});

test('the helper of a registry wins over the common store, and is told the registry on its input', async () => {
  writeHelper('mine', `read server; echo "{\\"Username\\":\\"u-$server\\",\\"Secret\\":\\"s\\"}"`);
  writeHelper('common', `echo '{"Username":"<token>","Secret":"t"}'`);
  const credentials = registryCredentials(settings({ credsStore: 'common', credHelpers: { 'registry.example': 'mine' } }));
  expect(await credentials.forImage('registry.example/x')).toMatchObject({ username: 'u-registry.example', password: 's' });
  expect(await credentials.forImage('other.example/x')).toEqual({ identitytoken: 't', serveraddress: 'other.example' });
});

test('a helper that has no credentials leaves the call without a name', async () => {
  writeHelper('empty', 'echo "credentials not found in native keychain"; exit 1');
  expect(await registryCredentials(settings({ credsStore: 'empty' })).forImage('busybox')).toBeUndefined();
});

test('a helper that fails is named, and its output is not shown', async () => {
  writeHelper('broken', 'echo "the secret is hunter2"; exit 3');
  const failure = registryCredentials(settings({ credsStore: 'broken' })).forImage('busybox');
  await expect(failure).rejects.toMatchObject({ kind: 'pull-denied', message: expect.stringContaining('docker-credential-broken') });
  await expect(failure).rejects.not.toMatchObject({ message: expect.stringContaining('hunter2') });
});

test('a helper that is not installed is named', async () => {
  await expect(registryCredentials(settings({ credsStore: 'absent' })).forImage('busybox')).rejects.toThrow(
    'docker-credential-absent: not found',
  );
});

test('for a build all credentials are gathered, and a helper that fails is passed over', async () => {
  writeHelper('broken', 'exit 3');
  writeHelper('common', `if [ "$1" = list ]; then echo '{"a.example":"me"}'; else echo '{"Username":"me","Secret":"a"}'; fi`);
  const config = {
    auths: { 'b.example': auth('b', 'b'), 'empty.example': {} },
    credsStore: 'common',
    credHelpers: { 'c.example': 'broken' },
  };
  expect(Object.keys(await registryCredentials(settings(config)).all()).sort()).toEqual(['a.example', 'b.example']);
});

test('a broken configuration is said without its content', async () => {
  writeFileSync(join(folder, 'config.json'), '{"auths": {"x": {"auth": "hunter2"');
  const broken = { home: '/nowhere', environment: named([['DOCKER_CONFIG', folder] as const]) };
  await expect(registryCredentials(broken).forImage('busybox')).rejects.toThrow(/config.json" is not JSON$/);
});

test('proxies become variables in both spellings, and an engine may have its own', () => {
  const proxies = { default: { httpProxy: 'http://p:1', noProxy: 'localhost' }, 'tcp://far:1': { httpsProxy: 'http://q:2' } };
  const config = settings({ proxies });
  expect(proxyVariables(config, 'unix:///x')).toEqual({
    HTTP_PROXY: 'http://p:1',
    http_proxy: 'http://p:1',
    NO_PROXY: 'localhost',
    no_proxy: 'localhost',
  });
  expect(proxyVariables(config, 'tcp://far:1')).toEqual({ HTTPS_PROXY: 'http://q:2', https_proxy: 'http://q:2' });
});
