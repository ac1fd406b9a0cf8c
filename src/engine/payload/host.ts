// HostConfig: the limits and rights of a container, and what it gets of the host (interop.md §4.2).

import type { Resource } from '../../model/deploy.ts';
import { type Named, named } from '../../model/named.ts';
import type { Device, Port, Service, Ulimit, Whole } from '../../model/service.ts';
import type { Payload } from '../engine.ts';
import { apiAtLeast } from './api-level.ts';

/** Leaves out what was not set: the engine's defaults hold, and bodies stay readable. */
export function withoutUnset(fields: { readonly [field: string]: unknown }): Payload {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function unless<T>(value: T | undefined, nothing: T): T | undefined {
  return value === nothing ? undefined : value;
}

function filled<T>(items: readonly T[] | undefined): readonly T[] | undefined {
  return items && items.length > 0 ? items : undefined;
}

/** Entries sorted by key, for bodies that are the same each time. */
export function sortedRecord<T>(record: Readonly<Record<string, T>> | undefined): Readonly<Record<string, T>> | undefined {
  const entries = Object.entries(record ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.length > 0 ? named(entries) : undefined;
}

const unconfinedPaths = 'systempaths=unconfined';

/** The file that an entry of security_opt names; undefined for every other entry. */
function seccompFile(option: string): string | undefined {
  const [, path] = /^seccomp[=:](.*)$/s.exec(option) ?? [];
  return path === 'unconfined' || path === 'builtin' ? undefined : path;
}

/** The files whose content the engine is sent as seccomp profiles, as the service writes them. */
export function seccompFiles({ security_opt: options = [] }: Service): readonly string[] {
  return options.map(seccompFile).filter(path => path !== undefined);
}

/** Entries of security_opt as the engine takes them: profiles by content, and without what goes into fields of its own. */
function securityOptions({ security_opt: options = [] }: Service, profiles: Named<string>): readonly string[] {
  return options
    .filter(option => option !== unconfinedPaths)
    .map(option => {
      const profile = profiles[seccompFile(option) ?? ''];
      return profile === undefined ? option : `seccomp=${profile}`;
    });
}

/** HostConfig without mounts, networks and links. `profiles`: the content of seccompFiles, by path. */
export function hostPayload(service: Service, apiVersion: string, profiles: Named<string> = named()): Payload {
  const unconfined = service.security_opt?.includes(unconfinedPaths);
  return withoutUnset({
    ...limits(service),
    Annotations: apiAtLeast(apiVersion, '1.43') ? sortedRecord(service.annotations) : undefined,
    CapAdd: filled(capabilities(service.cap_add)),
    CapDrop: filled(capabilities(service.cap_drop)),
    CgroupnsMode: unless(service.cgroup, ''),
    Dns: filled(service.dns),
    DnsOptions: filled(service.dns_opt),
    DnsSearch: filled(service.dns_search),
    ExtraHosts: filled(service.extra_hosts?.map(entry => entry.replace('=', ':'))),
    GroupAdd: filled(service.group_add),
    Init: service.init,
    IpcMode: unless(service.ipc, ''),
    Isolation: unless(service.isolation, ''),
    LogConfig: service.logging && withoutUnset({ Type: service.logging.driver, Config: sortedRecord(service.logging.options) }),
    MaskedPaths: unconfined ? [] : undefined,
    OomScoreAdj: unless(service.oom_score_adj, 0),
    PidMode: unless(service.pid, ''),
    PortBindings: portBindings(service.ports ?? []),
    Privileged: unless(service.privileged, false),
    ReadonlyPaths: unconfined ? [] : undefined,
    ReadonlyRootfs: unless(service.read_only, false),
    RestartPolicy: restartPolicy(service),
    Runtime: unless(service.runtime, ''),
    SecurityOpt: filled(securityOptions(service, profiles)),
    ShmSize: amount(service.shm_size),
    StorageOpt: sortedRecord(service.storage_opt),
    Sysctls: sortedRecord(service.sysctls),
    Tmpfs: tmpfs(service.tmpfs),
    UTSMode: unless(service.uts, ''),
    UsernsMode: unless(service.userns_mode, ''),
    VolumesFrom: filled(service.volumes_from),
  });
}

/** Capabilities by their full names, sorted, each once: as the reference's client sends them. */
function capabilities(written: readonly string[] = []): readonly string[] {
  const full = written.map(name => name.toUpperCase()).map(name => (name === 'ALL' || name.startsWith('CAP_') ? name : `CAP_${name}`));
  return [...new Set(full)].sort();
}

/** `8080-8081:80` stays a range: the engine picks. */
function portBindings(ports: readonly Port[]): Payload | undefined {
  const bindings: Record<string, { HostIp: string; HostPort: string }[]> = Object.create(null);
  for (const port of ports) {
    const key = `${port.target}/${(port.protocol || 'tcp').toLowerCase()}`;
    (bindings[key] ??= []).push({ HostIp: port.host_ip ?? '', HostPort: port.published ?? '' });
  }
  return sortedRecord(bindings);
}

function tmpfs(entries: readonly string[] | undefined): Payload | undefined {
  return sortedRecord(
    named(
      (entries ?? []).map(entry => {
        const [path = '', ...options] = entry.split(':');
        return [path, options.join(':')] as const;
      }),
    ),
  );
}

const policies: Readonly<Record<string, string>> = { none: 'no', any: 'always' };

/** `restart`, over which deploy.restart_policy wins; delay and window are Swarm's. */
function restartPolicy(service: Service): Payload | undefined {
  const deployed = service.deploy?.restart_policy;
  const [written = '', count = ''] = (service.restart ?? '').split(':');
  if (!deployed && written === '') return undefined;
  const name = deployed ? (deployed.condition ?? '') : written;
  const attempts = deployed ? (deployed.max_attempts ?? 0) : Number.parseInt(count, 10) || 0;
  return { Name: policies[name] ?? name, MaximumRetryCount: attempts };
}

/** A number of processors in billionths. The reference computes it in 32-bit floating point, so that 0.3 is 300,000,000. */
function nanoCpus(cpus: number | undefined): number | undefined {
  return cpus ? Math.trunc(Math.fround(Math.fround(cpus) * 1e9)) : undefined;
}

/** JSON has numbers only; no engine can give what needs more than 53 bits. */
const amount = (value: Whole | undefined) => (value ? Number(value) : undefined);

function limits(service: Service): Payload {
  const { limits: most, reservations: least }: { limits?: Resource; reservations?: Resource } = service.deploy?.resources ?? {};
  const requests = deviceRequests(service, least);
  return {
    ...blockIo(service),
    CgroupParent: unless(service.cgroup_parent, ''),
    CpuCount: amount(service.cpu_count),
    CpuPercent: service.cpu_percent ? Math.trunc(Math.fround(Math.fround(service.cpu_percent) * 100)) : undefined,
    CpuPeriod: amount(service.cpu_period),
    CpuQuota: amount(service.cpu_quota),
    CpuRealtimePeriod: amount(service.cpu_rt_period),
    CpuRealtimeRuntime: amount(service.cpu_rt_runtime),
    CpuShares: amount(service.cpu_shares),
    CpusetCpus: unless(service.cpuset, ''),
    DeviceCgroupRules: filled(service.device_cgroup_rules),
    DeviceRequests: filled(requests),
    Devices: filled((service.devices ?? []).filter(device => !isCdi(device)).map(deviceMapping)),
    Memory: amount(most?.memory || service.mem_limit),
    MemoryReservation: amount(least?.memory || service.mem_reservation),
    MemorySwap: amount(service.memswap_limit),
    MemorySwappiness: amount(service.mem_swappiness),
    NanoCpus: nanoCpus(most?.cpus || service.cpus),
    OomKillDisable: service.oom_kill_disable ?? false,
    PidsLimit: amount(Number(most?.pids ?? 0) > 0 ? most?.pids : service.pids_limit),
    Ulimits: filled(ulimits(service.ulimits)),
  };
}

function ulimits(written: Readonly<Record<string, Ulimit>> | undefined): readonly Payload[] {
  return Object.entries(sortedRecord(written) ?? {}).map(([Name, limit]) => {
    const { soft = 0, hard = 0 } = typeof limit === 'object' ? limit : { soft: limit, hard: limit };
    return { Name, Soft: Number(soft), Hard: Number(hard) };
  });
}

function blockIo({ blkio_config: config }: Service): Payload {
  const throttles = (devices: NonNullable<Service['blkio_config']>['device_read_bps']) =>
    filled((devices ?? []).map(({ path, rate }) => ({ Path: path, Rate: Number(rate) })));
  return {
    BlkioWeight: unless(config?.weight, 0),
    BlkioWeightDevice: filled((config?.weight_device ?? []).map(({ path, weight }) => ({ Path: path, Weight: weight }))),
    BlkioDeviceReadBps: throttles(config?.device_read_bps),
    BlkioDeviceReadIOps: throttles(config?.device_read_iops),
    BlkioDeviceWriteBps: throttles(config?.device_write_bps),
    BlkioDeviceWriteIOps: throttles(config?.device_write_iops),
  };
}

/** A device named as the Container Device Interface does: `vendor.com/class=name`. */
function isCdi({ source, target }: Device): boolean {
  return source === target && /^[A-Za-z][\w.-]*\/[A-Za-z][\w.-]*=[A-Za-z0-9][\w.:-]*$/.test(source);
}

function deviceMapping({ source, target, permissions }: Device): Payload {
  return { PathOnHost: source, PathInContainer: target ?? source, CgroupPermissions: permissions ?? 'rwm' };
}

/** Reserved devices, devices of the Container Device Interface and GPUs, in the reference's order. */
function deviceRequests(service: Service, reserved: Resource | undefined): readonly Payload[] {
  const cdi = (service.devices ?? []).filter(isCdi).map(({ source }) => source);
  const request = (device: NonNullable<Resource['devices']>[number], more: readonly string[]) =>
    withoutUnset({
      Driver: device.driver,
      Count: device.count,
      DeviceIDs: filled(device.device_ids),
      Capabilities: [[...(device.capabilities ?? []), ...more]],
      Options: sortedRecord(device.options),
    });
  return [
    ...(reserved?.devices ?? []).map(device => request(device, [])),
    ...(cdi.length > 0 ? [{ Driver: 'cdi', DeviceIDs: cdi }] : []),
    ...(service.gpus ?? []).map(device => request(device, ['gpu'])),
  ];
}
