// The body of the call that makes a container, from a service of the model. The same service gives the same bytes.
import { containerName, defaultImageName, separator } from '../../model/identity.ts';
import { type Named, named } from '../../model/named.ts';
import type { ObservedContainer, ObservedImage } from '../../model/observed.ts';
import type { Project } from '../../model/project.ts';
import type { Healthcheck, Port, Service } from '../../model/service.ts';
import { durationMs, durationNs } from '../../model/values.ts';
import type { ContainerDetails, Payload } from '../engine.ts';
import { apiAtLeast } from './api-level.ts';
import { attachment } from './endpoints.ts';
import { hostPayload, sortedRecord, withoutUnset } from './host.ts';
import { containerLabels } from './labels.ts';
import { mountPayload } from './mounts.ts';

export interface ContainerContext {
  readonly project: Project;
  /** With references to other services already replaced by container ids (effectiveService in plan/hash.ts). */
  readonly service: Service;
  /** undefined for one-offs. */
  readonly replica?: number | undefined;
  /** The container's final name, even while it is made under a temporary one; undefined: the service's default for the replica. */
  readonly name?: string | undefined;
  /** Negotiated, as `1.41`. */
  readonly apiVersion: string;
  /** serviceHash of the service as given here. */
  readonly configHash: string;
  /** The image as the engine has it now. */
  readonly image?: ObservedImage | undefined;
  readonly imageVolumeDigest?: string | undefined;
  /** redactedModel of the service as given here; undefined: no record is kept. */
  readonly model?: string | undefined;
  /** The container that this one replaces, where its anonymous volumes are taken over. */
  readonly replaced?: ContainerDetails | undefined;
  /** Containers of the project's services as they are now, for `links`. */
  readonly linkable?: readonly Pick<ObservedContainer, 'name' | 'service'>[] | undefined;
  /** Variables that every container gets, below the service's own: the client's proxies. */
  readonly proxies?: Named<string> | undefined;
  /** The seccomp profiles of the service as compact JSON, by the paths that it writes. */
  readonly profiles?: Named<string> | undefined;
  readonly oneOff?:
    | { readonly slug: string; readonly interactive: boolean; readonly remove: boolean; readonly useAliases: boolean }
    | undefined;
}

export interface ContainerPayload {
  readonly body: Payload;
  /** For the query of the call, as `linux/amd64`. */
  readonly platform?: string;
  /** Networks to connect right after, by their names on the engine; the body lacks the container's id. */
  readonly connect: readonly { readonly network: string; readonly body: Payload }[];
}

/** What the engine is asked, to make one container (interop.md §4). */
export function containerPayload(context: ContainerContext): ContainerPayload {
  const { project, service, apiVersion, oneOff } = context;
  const name = context.name ?? containerName(project, service, context.replica ?? 1);
  const links = linksOf(context);
  const attached = attachment({ project, service, name, apiVersion, useAliases: oneOff?.useAliases ?? true, links });
  const { Binds, Mounts } = mountPayload(context);
  const body = withoutUnset({
    ...configPayload(context),
    MacAddress: attached.macAddress,
    HostConfig: withoutUnset({
      ...hostPayload(service, apiVersion, context.profiles),
      AutoRemove: oneOff?.remove ? true : undefined,
      Binds: Binds.length > 0 ? Binds : undefined,
      Links: links.length > 0 ? links : undefined,
      Mounts: Mounts.length > 0 ? Mounts : undefined,
      NetworkMode: attached.networkMode,
    }),
    NetworkingConfig: attached.networking,
  });
  const platform = service.platform || project.environment['DOCKER_DEFAULT_PLATFORM'];
  return { body, connect: attached.connect, ...(platform ? { platform } : {}) };
}

/** The fields of Config. */
function configPayload(context: ContainerContext): Payload {
  const { project, service, replica, apiVersion, oneOff } = context;
  const interactive = oneOff?.interactive ?? false;
  const text = (value: string | undefined) => value || undefined;
  return {
    Hostname: text(service.hostname),
    Domainname: text(service.domainname),
    User: text(service.user),
    ExposedPorts: exposedPorts(service.ports ?? [], service.expose ?? []),
    Tty: service.tty || undefined,
    OpenStdin: service.stdin_open || undefined,
    StdinOnce: (interactive && service.stdin_open) || undefined,
    AttachStdin: interactive,
    AttachStdout: true,
    AttachStderr: true,
    Cmd: service.command ?? undefined,
    Entrypoint: service.entrypoint ?? undefined,
    Image: defaultImageName(project, service),
    WorkingDir: text(service.working_dir),
    NetworkDisabled: service.network_mode === 'disabled' || undefined,
    Labels: containerLabels(project, service, {
      replica,
      configHash: context.configHash,
      imageDigest: context.image?.digest,
      imageVolumeDigest: context.imageVolumeDigest,
      replaces: context.replaced !== undefined,
      slug: oneOff?.slug,
      model: context.model,
    }),
    StopSignal: text(service.stop_signal),
    Env: environmentList(context.proxies, service.environment),
    Healthcheck: service.healthcheck && healthcheck(service.healthcheck, apiVersion),
    StopTimeout: service.stop_grace_period === undefined ? undefined : Math.trunc(durationMs(service.stop_grace_period) / 1000),
  };
}

/** `NAME=value`; `NAME` alone takes a variable of the image away. Sorted by name; the later layer wins. */
export function environmentList(...layers: readonly (Named<string | null> | undefined)[]): readonly string[] | undefined {
  const all = sortedRecord<string | null>(named(layers.flatMap(layer => Object.entries(layer ?? {}))));
  return all && Object.entries(all).map(([name, value]) => (value === null ? name : `${name}=${value}`));
}

function exposedPorts(ports: readonly Port[], expose: readonly string[]): Payload | undefined {
  const exposed: Record<string, object> = Object.create(null);
  for (const port of ports) exposed[`${port.target}/${(port.protocol || 'tcp').toLowerCase()}`] = {};
  for (const entry of expose) {
    const [range = '', protocol = 'tcp'] = entry.split('/');
    const [first = '', last = first] = range.split('-');
    for (let port = Number(first); port <= Number(last); port++) exposed[`${port}/${protocol.toLowerCase() || 'tcp'}`] = {};
  }
  return sortedRecord(exposed);
}

/** Durations go in nanoseconds. An interval between probes while starting is known from API 1.44 on. */
function healthcheck(check: Healthcheck, apiVersion: string): Payload {
  const nanoseconds = (text: string | undefined) => (text === undefined ? undefined : Number(durationNs(text)) || undefined);
  return withoutUnset({
    Test: check.disable ? ['NONE'] : check.test,
    Interval: nanoseconds(check.interval),
    Timeout: nanoseconds(check.timeout),
    StartPeriod: nanoseconds(check.start_period),
    StartInterval: apiAtLeast(apiVersion, '1.44') ? nanoseconds(check.start_interval) : undefined,
    Retries: check.retries || undefined,
  });
}

/** Old-style links: each container of a linked service under three names (interop.md §4.4), and containers of others. */
function linksOf({ project, service, replica, linkable = [] }: ContainerContext): readonly string[] {
  const join = separator(project);
  const of = (name: string) => linkable.filter(container => container.service === name).map(container => container.name);
  const number = String(replica ?? -1);
  const linked = (service.links ?? []).flatMap(link => {
    const [name = '', alias = name] = split(link);
    return of(name).flatMap(container => [
      `${container}:${alias}`,
      `${container}:${name}${join}${number}`,
      `${container}:${[project.name, name, number].join(join)}`,
    ]);
  });
  const external = (service.external_links ?? []).map(link => {
    const [name = '', alias = name] = split(link);
    return `${name}:${alias}`;
  });
  return [...linked, ...external];
}

function split(link: string): readonly string[] {
  const colon = link.indexOf(':');
  return colon === -1 ? [link] : [link.slice(0, colon), link.slice(colon + 1)];
}
