// Building an image: by the buildx plugin where it is installed, as the reference does, else by the engine's own builder.
import { spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { invariant } from '../../diagnostics/invariant.ts';
import { contextTar, isRemoteContext } from '../../engine/archive/context.ts';
import { EngineFailure } from '../../engine/failure.ts';
import type { Build } from '../../model/build.ts';
import { defaultImageName, labels } from '../../model/identity.ts';
import type { Project } from '../../model/project.ts';
import type { FileReference, Service, Ulimit } from '../../model/service.ts';
import { composeVersion } from '../../model/version.ts';
import { lastLines, withEvidence } from '../evidence.ts';
import { StepFailure } from '../failure.ts';
import { onAbort } from '../interrupt.ts';
import type { BuildSettings, Performance, Performer, World } from '../performer.ts';
import { serviceIn } from '../service-in.ts';

/** All that a build is told, whatever builds it. */
export interface BuildRequest {
  readonly service: string;
  readonly build: Build;
  /** Absolute folder, or URL. */
  readonly context: string;
  readonly tags: readonly string[];
  readonly args: readonly (readonly [string, string])[];
  readonly labels: readonly (readonly [string, string])[];
  readonly platforms: readonly string[];
}

/** Builds a service's image and tags it. */
export const buildImage: Performer<'image.build'> = async ({ image, service }, world, performance) => {
  const desired = serviceIn(world.project, service);
  invariant(desired.build, `service ${service} has no build section`);
  const request = buildRequest(world, desired, desired.build, image);
  const plugin = await findBuildx(world.build);
  if (plugin) await buildWithPlugin(plugin, request, world, performance);
  else await buildWithEngine(request, world, performance);
  for (const tag of request.tags) world.images.changed(tag);
  return undefined;
};

/** One platform is built for the engine: the service's own where it is given, else the only one the build names. */
function buildRequest({ project, variables, build: settings }: World, service: Service, build: Build, image: string): BuildRequest {
  const args = { ...build.args, ...settings?.args };
  const platforms = build.platforms ?? [];
  return {
    service: service.name,
    build,
    context: build.context ?? project.directory,
    tags: [image, ...(build.tags ?? [])],
    args: Object.entries(args).flatMap(([name, value]) => {
      const given = value ?? variables[name];
      return given === undefined || given === null ? [] : [[name, given] as const];
    }),
    labels: [
      ...Object.entries(build.labels ?? {}),
      [labels.project, project.name],
      [labels.service, service.name],
      [labels.version, composeVersion],
    ],
    platforms: service.platform ? [service.platform] : platforms.length === 1 ? platforms : [],
  };
}

/** The buildx plugin, unless the environment turns BuildKit off. */
async function findBuildx(settings: BuildSettings | undefined): Promise<string | undefined> {
  if (!settings || settings.environment['DOCKER_BUILDKIT'] === '0') return undefined;
  for (const directory of settings.pluginDirectories) {
    const path = join(directory, 'docker-buildx');
    const usable = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (usable) return path;
  }
  return undefined;
}

const pairs = (flag: string, values: Iterable<readonly [string, string]>) =>
  [...values].flatMap(([key, value]) => [flag, `${key}=${value}`]);
const each = (flag: string, values: Iterable<string> | undefined) => [...(values ?? [])].flatMap(value => [flag, value]);
const optional = (flag: string, value: string | undefined) => (value === undefined || value === '' ? [] : [flag, value]);

/** `id=…,src=…` for buildx; a secret of the environment is handed over by the environment, so that it is in no argument. */
function secretArguments(project: Project, references: readonly FileReference[] | undefined): readonly string[] {
  return (references ?? []).map(({ source, target }) => {
    const id = target || source;
    const secret = project.secrets[source];
    return secret?.file === undefined ? `id=${id},env=${secret?.environment ?? source}` : `id=${id},src=${secret.file}`;
  });
}

const ulimitText = (limit: Ulimit) => (typeof limit === 'object' ? `${limit.soft}:${limit.hard}` : String(limit));

/** Arguments of `docker-buildx build`, without the program. Sorted where the file gives no order. */
export function buildxArguments(request: BuildRequest, project: Project, settings: BuildSettings): readonly string[] {
  const { build, context } = request;
  const dockerfile = build.dockerfile && !isRemoteContext(context) ? resolve(context, build.dockerfile) : build.dockerfile;
  const contexts = Object.entries(build.additional_contexts ?? {}).map(([name, value]) => [name, contextOf(project, value)] as const);
  return [
    'build',
    '--progress=plain',
    ...(settings.push ? ['--push'] : ['--load']),
    ...each('--tag', request.tags),
    ...(build.dockerfile_inline === undefined ? optional('--file', dockerfile) : ['--file', '-']),
    ...pairs('--build-arg', request.args),
    ...pairs('--label', request.labels),
    ...optional('--target', build.target),
    ...optional('--platform', request.platforms.join(',')),
    ...optional('--network', build.network),
    ...each(
      '--add-host',
      build.extra_hosts?.map(host => host.replace('=', ':')),
    ),
    ...each('--cache-from', build.cache_from),
    ...each('--cache-to', build.cache_to),
    ...each('--no-cache-filter', build.no_cache_filter),
    ...each('--secret', secretArguments(project, build.secrets)),
    ...each('--ssh', [...(build.ssh ?? []).map(({ id, path }) => (path === '' ? id : `${id}=${path}`)), ...(settings.ssh ?? [])]),
    ...each('--allow', [...(build.entitlements ?? []), ...(build.privileged ? ['security.insecure'] : [])]),
    ...optional('--shm-size', build.shm_size === undefined ? undefined : String(build.shm_size)),
    ...each(
      '--ulimit',
      Object.entries(build.ulimits ?? {}).map(([name, limit]) => `${name}=${ulimitText(limit)}`),
    ),
    ...pairs('--build-context', contexts),
    ...optional('--provenance', settings.provenance ?? build.provenance),
    ...optional('--sbom', settings.sbom ?? build.sbom),
    ...optional('--builder', settings.builder),
    ...(settings.noCache || build.no_cache ? ['--no-cache'] : []),
    ...(settings.pull || build.pull ? ['--pull'] : []),
    context,
  ];
}

/** `service:x` means the image of another service. */
function contextOf(project: Project, value: string): string {
  const name = value.startsWith('service:') ? value.slice('service:'.length) : undefined;
  const service = name === undefined ? undefined : (project.services[name] ?? project.disabledServices[name]);
  return service ? `docker-image://${defaultImageName(project, service)}` : value;
}

async function buildWithPlugin(plugin: string, request: BuildRequest, world: World, performance: Performance): Promise<void> {
  const settings = world.build;
  invariant(settings, 'a plugin was found without settings');
  const secrets = (request.build.secrets ?? []).flatMap(({ source }) => {
    const secret = world.project.secrets[source];
    return secret?.environment !== undefined && secret.value !== undefined ? [[secret.environment, secret.value] as const] : [];
  });
  const child = spawn(plugin, buildxArguments(request, world.project, settings), {
    cwd: world.project.directory,
    env: { ...settings.environment, ...Object.fromEntries(secrets) },
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  const forget = onAbort(performance.signal, () => void child.kill('SIGTERM'));
  const said: string[] = [];
  const lines = createInterface({ input: child.stderr });
  lines.on('line', line => {
    said.push(line);
    if (said.length > 100) said.shift();
    if (!settings.quiet) performance.progress({ text: line });
  });
  // The plugin may end without reading its input; its exit code tells.
  child.stdin.on('error', () => undefined);
  child.stdin.end(request.build.dockerfile_inline ?? '');
  const code = await new Promise<number | null>((done, refuse) => {
    child.on('error', refuse);
    child.on('close', done);
  }).finally(forget);
  if (performance.signal.aborted) throw performance.signal.reason;
  if (code === 0) return;
  const evidence = lastLines(said.join('\n'), 20);
  const cause = evidence.findLast(line => /^ERROR: /.test(line))?.replace(/^ERROR: /, '') ?? `the builder ended with status ${code}`;
  throw new StepFailure('engine.build-failed', withEvidence(`target ${request.service}: ${cause}`, 'its last output:', evidence));
}

/** What the engine's own builder cannot do; said before it is tried, in the words scripts look for. */
function refuseUnsupported({ build, platforms }: BuildRequest): void {
  const refuse = (what: string): never => {
    throw new StepFailure(
      'engine.build-failed',
      `the classic builder doesn't support ${what}; building with BuildKit requires the buildx Docker CLI plugin, and DOCKER_BUILDKIT must not be set to 0`,
      { hint: 'Install the buildx plugin of the Docker command line.' },
    );
  };
  if ((build.platforms?.length ?? 0) > 1 && platforms.length !== 1) refuse('multi-arch build');
  if (build.privileged) refuse('privileged mode');
  if (build.additional_contexts && Object.keys(build.additional_contexts).length > 0) refuse('additional contexts');
  if (build.ssh?.length) refuse('SSH keys');
  if (build.secrets?.length) refuse('secrets');
}

/** The context: sent as a tar, or fetched by the engine itself where it is remote. */
async function sourceOf(build: Build, context: string): Promise<{ tar: Readable; dockerfile: string; remote?: string }> {
  if (isRemoteContext(context)) return { tar: Readable.from([]), dockerfile: build.dockerfile ?? 'Dockerfile', remote: context };
  return contextTar({
    directory: context,
    ...(build.dockerfile === undefined ? {} : { dockerfile: build.dockerfile }),
    ...(build.dockerfile_inline === undefined ? {} : { dockerfileText: build.dockerfile_inline }),
  });
}

async function buildWithEngine(request: BuildRequest, world: World, { progress, signal }: Performance): Promise<void> {
  refuseUnsupported(request);
  const { build, context } = request;
  const settings = world.build;
  const said: string[] = [];
  const hosts = build.extra_hosts?.map(host => host.replace('=', ':')) ?? [];
  const json = (entries: readonly (readonly [string, string])[]) => JSON.stringify(Object.fromEntries(entries));
  const { tar, ...source } = await sourceOf(build, context);
  const query = {
    t: request.tags,
    ...source,
    buildargs: json(request.args),
    labels: json(request.labels),
    ...(build.target === undefined ? {} : { target: build.target }),
    ...(request.platforms[0] === undefined ? {} : { platform: request.platforms[0] }),
    ...(build.network === undefined ? {} : { networkmode: build.network }),
    ...(hosts.length === 0 ? {} : { extrahosts: hosts }),
    ...(build.shm_size === undefined ? {} : { shmsize: String(build.shm_size) }),
    ...(build.cache_from === undefined ? {} : { cachefrom: JSON.stringify(build.cache_from) }),
    ...(settings?.memory === undefined ? {} : { memory: settings.memory }),
    ...(settings?.noCache || build.no_cache ? { nocache: '1' } : {}),
    ...(settings?.pull || build.pull ? { pull: '1' } : {}),
    rm: '1',
    forcerm: '1',
  };
  try {
    await world.engine.buildImage(
      tar,
      query,
      line => {
        const text = (line.stream ?? line.status ?? '').trimEnd();
        if (text === '') return;
        said.push(text);
        if (said.length > 100) said.shift();
        if (!settings?.quiet) progress({ text });
      },
      signal,
    );
  } catch (failure) {
    if (!(failure instanceof EngineFailure) || failure.kind !== 'build-failed') throw failure;
    throw new StepFailure('engine.build-failed', withEvidence(failure.message, 'its last output:', lastLines(said.join('\n'), 20)));
  }
}
