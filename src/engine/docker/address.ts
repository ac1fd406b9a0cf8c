// Where the engine is: flags, environment, contexts and the usual sockets, in the order of Docker's own command line. Opens no connection.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { platform } from 'node:os';
import { join } from 'node:path';
import type { Named } from '../../model/named.ts';
import { EngineFailure } from '../failure.ts';

export interface EngineSettings {
  /** `--host`. */
  readonly host?: string;
  /** `--context`. */
  readonly context?: string;
  /** DOCKER_HOST, DOCKER_CONTEXT, DOCKER_CONFIG, DOCKER_TLS_VERIFY, DOCKER_CERT_PATH, DOCKER_API_VERSION, XDG_RUNTIME_DIR. */
  readonly environment: Named<string>;
  readonly home: string;
}

/** Texts of PEM files; `verify` false: any certificate of the engine is taken. */
export interface TlsMaterial {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly verify: boolean;
}

/** `url` is what messages show. */
export type Address =
  /** A unix socket, or on Windows a named pipe. */
  | { readonly kind: 'socket'; readonly url: string; readonly path: string }
  | {
      readonly kind: 'tcp';
      readonly url: string;
      readonly host: string;
      readonly port: number;
      /** A path before the version, as `/engine`; usually empty. */
      readonly prefix: string;
      readonly tls?: TlsMaterial;
    }
  | {
      readonly kind: 'ssh';
      readonly url: string;
      readonly host: string;
      readonly user?: string;
      readonly port?: string;
      readonly socket?: string;
    };

/** Docker's folder for its command line: DOCKER_CONFIG or `~/.docker`. */
export function configDirectory(settings: EngineSettings): string {
  return settings.environment.DOCKER_CONFIG || join(settings.home, '.docker');
}

/** The address of the engine; reads context files and looks which sockets exist. Throws EngineFailure where a context is not there or an address is no address. */
export function engineAddress(settings: EngineSettings): Address {
  const { environment } = settings;
  if (settings.host) return parseHost(settings.host, environmentTls(settings));
  if (settings.context) return contextAddress(settings.context, settings);
  if (environment.DOCKER_HOST) return parseHost(environment.DOCKER_HOST, environmentTls(settings));
  const context = environment.DOCKER_CONTEXT || currentContext(settings);
  return context ? contextAddress(context, settings) : usualSocket(settings);
}

/** Reads an address such as `unix:///run/docker.sock`, `tcp://host:2376`, `ssh://user@host`, `npipe:////./pipe/docker_engine`. */
export function parseHost(text: string, tls: TlsMaterial | undefined): Address {
  const scheme = /^([a-z]+):\/\//.exec(text)?.[1];
  const rest = scheme ? text.slice(scheme.length + 3) : text;
  switch (scheme) {
    case 'unix':
      return { kind: 'socket', url: text, path: rest || '/var/run/docker.sock' };
    case 'npipe':
      return { kind: 'socket', url: text, path: rest || '//./pipe/docker_engine' };
    case 'ssh': {
      const url = parseUrl(text, text);
      const user = decodeURIComponent(url.username);
      return {
        kind: 'ssh',
        url: text,
        host: url.hostname,
        ...(user ? { user } : {}),
        ...(url.port ? { port: url.port } : {}),
        ...(url.pathname.length > 1 ? { socket: url.pathname } : {}),
      };
    }
    case undefined:
    case 'tcp':
    case 'http':
    case 'https': {
      const secure = tls ?? (scheme === 'https' ? { verify: true } : undefined);
      const url = parseUrl(`http://${rest}`, text);
      const port = /:(\d+)$/.exec(rest.split('/')[0] ?? '')?.[1] ?? (secure ? '2376' : '2375');
      return {
        kind: 'tcp',
        url: text,
        host: url.hostname.replace(/^\[|\]$/g, '') || '127.0.0.1',
        port: Number(port),
        prefix: url.pathname.replace(/\/+$/, ''),
        ...(secure ? { tls: secure } : {}),
      };
    }
    default:
      throw new EngineFailure('unreachable', `unable to parse docker host "${text}"`, 'connect');
  }
}

/** The URL of an address, with the path of a socket as it is without links. */
export function plainUrl(address: Address): string {
  if (address.kind !== 'socket') return address.url;
  try {
    return `unix://${realpathSync.native(address.path)}`;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === undefined) throw cause;
    return address.url;
  }
}

function parseUrl(text: string, shown: string): URL {
  try {
    return new URL(text);
  } catch (cause) {
    throw new EngineFailure('unreachable', `unable to parse docker host "${shown}"`, 'connect', undefined, { cause });
  }
}

/** TLS as the environment asks for it. Any non-empty value switches it on, `0` too: Docker reads these variables so. */
function environmentTls(settings: EngineSettings): TlsMaterial | undefined {
  const { environment } = settings;
  const verify = Boolean(environment.DOCKER_TLS_VERIFY);
  if (!verify && !environment.DOCKER_TLS) return undefined;
  return tlsMaterial(environment.DOCKER_CERT_PATH || configDirectory(settings), verify);
}

function tlsMaterial(directory: string, verify: boolean): TlsMaterial {
  const ca = readIfThere(join(directory, 'ca.pem'));
  const cert = readIfThere(join(directory, 'cert.pem'));
  const key = readIfThere(join(directory, 'key.pem'));
  return { verify, ...(ca ? { ca } : {}), ...(cert ? { cert } : {}), ...(key ? { key } : {}) };
}

/** The address that a context stores in `contexts/meta/<sha256 of its name>/meta.json`. */
function contextAddress(name: string, settings: EngineSettings): Address {
  if (name === 'default')
    return settings.environment.DOCKER_HOST ? parseHost(settings.environment.DOCKER_HOST, environmentTls(settings)) : usualSocket(settings);
  const contexts = join(configDirectory(settings), 'contexts');
  const id = createHash('sha256').update(name).digest('hex');
  const text = readIfThere(join(contexts, 'meta', id, 'meta.json'));
  if (text === undefined)
    throw new EngineFailure('unreachable', `unable to resolve docker endpoint: context "${name}": context not found`, 'connect');
  const endpoint = (JSON.parse(text) as ContextFile).Endpoints?.docker;
  if (!endpoint?.Host) return usualSocket(settings);
  const certificates = join(contexts, 'tls', id, 'docker');
  const tls = existsSync(certificates) ? tlsMaterial(certificates, !endpoint.SkipTLSVerify) : undefined;
  return parseHost(endpoint.Host, tls);
}

interface ContextFile {
  readonly Endpoints?: { readonly docker?: { readonly Host?: string; readonly SkipTLSVerify?: boolean } };
}

function currentContext(settings: EngineSettings): string | undefined {
  const text = readIfThere(join(configDirectory(settings), 'config.json'));
  if (!text) return undefined;
  try {
    return (JSON.parse(text) as { currentContext?: string }).currentContext || undefined;
  } catch (cause) {
    throw new EngineFailure('unreachable', `"${join(configDirectory(settings), 'config.json')}" is not JSON`, 'connect', undefined, {
      cause,
    });
  }
}

/** The first socket that exists among those where Docker, rootless Docker, Docker Desktop and Podman listen. */
function usualSocket(settings: EngineSettings): Address {
  if (platform() === 'win32') return parseHost('npipe:////./pipe/docker_engine', undefined);
  const runtime = settings.environment.XDG_RUNTIME_DIR;
  const candidates = [
    '/var/run/docker.sock',
    join(settings.home, '.docker/run/docker.sock'),
    ...(runtime ? [join(runtime, 'docker.sock'), join(runtime, 'podman/podman.sock')] : []),
    '/run/podman/podman.sock',
  ];
  return parseHost(`unix://${candidates.find(path => existsSync(path)) ?? '/var/run/docker.sock'}`, undefined);
}

/** The text of a file, or undefined where it is not there; other errors are said, since a half-read configuration reaches the wrong engine. */
export function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    if (['ENOENT', 'ENOTDIR'].includes((cause as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw new EngineFailure('unreachable', `"${path}" cannot be read: ${(cause as Error).message}`, 'connect', undefined, { cause });
  }
}
