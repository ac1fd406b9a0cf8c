// Docker's config.json: who we are to registries, and the proxies that containers are told. Read on use, kept nowhere, never printed.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { type Named, named } from '../../model/named.ts';
import type { RegistryCredentials } from '../engine.ts';
import { EngineFailure } from '../failure.ts';
import { configDirectory, type EngineSettings, readIfThere } from './address.ts';

/** The key under which Docker keeps the credentials of its own registry. */
const dockerHub = 'https://index.docker.io/v1/';

interface StoredAuth {
  readonly auth?: string;
  readonly username?: string;
  readonly password?: string;
  readonly identitytoken?: string;
  readonly registrytoken?: string;
}

interface ProxyEntry {
  readonly httpProxy?: string;
  readonly httpsProxy?: string;
  readonly noProxy?: string;
  readonly ftpProxy?: string;
  readonly allProxy?: string;
}

interface ConfigFile {
  readonly auths?: Readonly<Record<string, StoredAuth>>;
  readonly credsStore?: string;
  readonly credHelpers?: Readonly<Record<string, string>>;
  readonly proxies?: Readonly<Record<string, ProxyEntry>>;
}

export interface Credentials {
  /** Undefined: the registry is asked without a name. Throws EngineFailure where a credential helper fails. */
  forImage(reference: string): Promise<RegistryCredentials | undefined>;
  /** All that is known, by registry: for builds, where the engine finds out by itself which registries it needs. */
  all(): Promise<Named<RegistryCredentials>>;
}

/** The key of an image's registry in config.json: its host, or Docker Hub's special one. */
export function registryKey(reference: string): string {
  const first = reference.split('/')[0] ?? '';
  const isHost = reference.includes('/') && (/[.:]/.test(first) || first === 'localhost');
  if (!isHost || first === 'docker.io' || first === 'index.docker.io') return dockerHub;
  return first;
}

/** Credentials as `docker login` left them: DOCKER_AUTH_CONFIG first, then helpers, then the file. */
export function registryCredentials(settings: EngineSettings): Credentials {
  const run = (helper: string, action: string, input: string) => runHelper(helper, action, input, settings.environment);

  async function fromHelper(helper: string, key: string): Promise<RegistryCredentials | undefined> {
    const answer = await run(helper, 'get', key);
    if (answer === undefined) return undefined;
    const { Username = '', Secret = '' } = JSON.parse(answer) as { Username?: string; Secret?: string };
    return Username === '<token>'
      ? { identitytoken: Secret, serveraddress: key }
      : { username: Username, password: Secret, serveraddress: key };
  }

  return {
    async forImage(reference) {
      const key = registryKey(reference);
      const given = storedFor(authConfig(settings), key);
      if (given) return given;
      const config = configFile(settings);
      const helper = config.credHelpers?.[key] ?? config.credsStore;
      return helper ? await fromHelper(helper, key) : storedFor(config.auths, key);
    },

    async all() {
      const config = configFile(settings);
      const found = new Map<string, RegistryCredentials>();
      const keep = (key: string, value: RegistryCredentials | undefined) => value && found.set(key, value);
      for (const [key, stored] of Object.entries(config.auths ?? {})) keep(key, decodeAuth(key, stored));
      // A build may need none of these registries: a helper that fails here must not stop it.
      const attempt = (helper: string, key: string) =>
        fromHelper(helper, key).then(
          value => keep(key, value),
          () => undefined,
        );
      if (config.credsStore) {
        const listed = await run(config.credsStore, 'list', '').catch(() => undefined);
        for (const key of Object.keys(listed ? (JSON.parse(listed) as object) : {})) await attempt(config.credsStore, key);
      }
      for (const [key, helper] of Object.entries(config.credHelpers ?? {})) await attempt(helper, key);
      for (const [key, stored] of Object.entries(authConfig(settings) ?? {})) keep(key, decodeAuth(key, stored));
      return named(found);
    },
  };
}

/** The text of a config.json with all credentials, as the docker command writes one: for containers that may speak to the engine. */
export async function credentialsFile(settings: EngineSettings): Promise<string> {
  const known = Object.entries(await registryCredentials(settings).all()).sort(([a], [b]) => (a < b ? -1 : 1));
  const auths = known.map(([key, { username = '', password = '', identitytoken, registrytoken }]) => {
    const auth = username || password ? { auth: Buffer.from(`${username}:${password}`).toString('base64') } : {};
    return [key, { ...auth, ...(identitytoken ? { identitytoken } : {}), ...(registrytoken ? { registrytoken } : {}) }] as const;
  });
  return JSON.stringify({ auths: Object.fromEntries(auths) }, undefined, '\t');
}

const proxyNames = [
  ['httpProxy', 'HTTP_PROXY'],
  ['httpsProxy', 'HTTPS_PROXY'],
  ['noProxy', 'NO_PROXY'],
  ['ftpProxy', 'FTP_PROXY'],
  ['allProxy', 'ALL_PROXY'],
] as const;

/** The variables that `proxies` of config.json gives every new container, in both spellings. `engineUrl` picks an entry of its own, where there is one. */
export function proxyVariables(settings: EngineSettings, engineUrl: string): Named<string> {
  const { proxies } = configFile(settings);
  const entry = proxies?.[engineUrl] ?? proxies?.default ?? {};
  return named(
    proxyNames.flatMap(([key, variable]): (readonly [string, string])[] => {
      const value = entry[key];
      return value
        ? [
            [variable, value],
            [variable.toLowerCase(), value],
          ]
        : [];
    }),
  );
}

function configFile(settings: EngineSettings): ConfigFile {
  return parseConfig(readIfThere(join(configDirectory(settings), 'config.json')), join(configDirectory(settings), 'config.json'));
}

function authConfig(settings: EngineSettings): ConfigFile['auths'] {
  return parseConfig(settings.environment.DOCKER_AUTH_CONFIG, 'DOCKER_AUTH_CONFIG').auths;
}

function parseConfig(text: string | undefined, from: string): ConfigFile {
  if (!text?.trim()) return {};
  try {
    return JSON.parse(text) as ConfigFile;
  } catch {
    // The parser's own message would quote the text, and the text may hold passwords.
    throw new EngineFailure('refused', `"${from}" is not JSON`, 'read credentials');
  }
}

function storedFor(auths: ConfigFile['auths'], key: string): RegistryCredentials | undefined {
  const exact = auths?.[key];
  if (exact) return decodeAuth(key, exact);
  // Old files write the key as an address: https://registry.example/v1/
  const host = hostOf(key);
  const like = Object.entries(auths ?? {}).find(([other]) => hostOf(other) === host);
  return like && decodeAuth(key, like[1]);
}

function hostOf(key: string): string {
  return key.replace(/^https?:\/\//, '').split('/')[0] ?? '';
}

/** An entry of `auths`; undefined where it is the empty mark that a credential store leaves. */
function decodeAuth(serveraddress: string, stored: StoredAuth): RegistryCredentials | undefined {
  const [username, ...password] = stored.auth
    ? Buffer.from(stored.auth, 'base64').toString().replace(/\0+$/, '').split(':')
    : [stored.username];
  const secret = stored.auth ? password.join(':') : stored.password;
  if (!username && !stored.identitytoken && !stored.registrytoken) return undefined;
  return {
    serveraddress,
    ...(username ? { username } : {}),
    ...(secret ? { password: secret } : {}),
    ...(stored.identitytoken ? { identitytoken: stored.identitytoken } : {}),
    ...(stored.registrytoken ? { registrytoken: stored.registrytoken } : {}),
  };
}

/** Runs `docker-credential-<name> <action>`; undefined where it knows nothing about `input`. Its output is a secret and appears in no message. */
function runHelper(name: string, action: string, input: string, environment: Named<string>): Promise<string | undefined> {
  const program = `docker-credential-${name}`;
  return new Promise((resolve, reject) => {
    const fail = (why: string) => reject(new EngineFailure('pull-denied', `error getting credentials: ${program}: ${why}`, program));
    const child = spawn(program, [action], { env: { ...environment }, stdio: ['pipe', 'pipe', 'ignore'] });
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.on('error', (error: NodeJS.ErrnoException) => fail(error.code === 'ENOENT' ? 'not found on the PATH' : error.message));
    child.on('close', code => {
      const output = Buffer.concat(chunks).toString();
      if (code === 0) resolve(output);
      else if (/credentials not found/i.test(output)) resolve(undefined);
      else fail(`ended with code ${code}`);
    });
    // A helper that does not read its input closes the pipe; its exit code says the rest.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}
