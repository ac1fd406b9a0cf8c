// The rows of `ps`: what the engine told of a container, as the columns and JSON fields that scripts read.
import type { ObservedContainer } from '../model/observed.ts';
import type { TableFormat } from './format.ts';
import { humanDuration, timestamp } from './human.ts';
import type { Row } from './template.ts';

export const containerTable: TableFormat = {
  least: 10,
  padding: 3,
  columns: [
    { heading: 'NAME', field: 'Name' },
    { heading: 'IMAGE', field: 'Image' },
    { heading: 'COMMAND', field: 'Command' },
    { heading: 'SERVICE', field: 'Service' },
    { heading: 'CREATED', field: 'RunningFor' },
    { heading: 'STATUS', field: 'Status' },
    { heading: 'PORTS', field: 'Ports' },
  ],
  headings: {
    ID: 'CONTAINER ID',
    State: 'STATE',
    Size: 'SIZE',
    Labels: 'LABELS',
    CreatedAt: 'CREATED AT',
    Project: 'PROJECT',
    Engine: 'ENGINE',
  },
};

export type Port = ObservedContainer['ports'][number];

export interface ListedLike extends ObservedContainer {
  readonly exitCode: number;
}

/** One container as the fields of `ps --format json`, in its order. `now` is milliseconds since 1970. */
export function containerRow(container: ListedLike, options: { readonly truncate: boolean; readonly now: number }): Row {
  const ports = sortPorts(container.ports);
  const row = {
    Command: JSON.stringify(options.truncate ? ellipsis(container.command, 20) : container.command),
    CreatedAt: timestamp(container.createdAt),
    Engine: '',
    ExitCode: container.exitCode,
    Health: container.health === 'none' ? '' : container.health,
    ID: options.truncate ? container.id.slice(0, 12) : container.id,
    Image: container.image,
    Labels: labelList(container.labels),
    LocalVolumes: String(container.mounts.filter(({ type, name }) => type === 'volume' && name !== undefined).length),
    Mounts: container.mounts.map(({ name, source }) => (options.truncate ? ellipsis(name ?? source, 15) : (name ?? source))).join(','),
    Name: container.name,
    Names: container.name,
    Networks: Object.keys(container.networks).sort().join(','),
    Ports: portsText(ports),
    Project: container.labels['com.docker.compose.project'] ?? '',
    Publishers: ports.map(({ ip, privatePort, publicPort, protocol }) => ({
      URL: ip ?? '',
      TargetPort: privatePort,
      PublishedPort: publicPort ?? 0,
      Protocol: protocol,
    })),
    RunningFor: `${humanDuration(options.now - container.createdAt * 1000)} ago`,
    Service: container.service,
    Size: '0B',
    State: container.state,
    Status: container.status,
  };
  return Object.defineProperty(row, 'Label', { value: (name: unknown) => container.labels[String(name)] ?? '', enumerable: false });
}

function labelList(labels: ObservedContainer['labels']): string {
  return Object.keys(labels)
    .sort()
    .map(key => `${key}=${labels[key]}`)
    .join(',');
}

/** At most `length` characters, the last of them `…` where something is missing. */
function ellipsis(text: string, length: number): string {
  const characters = [...text];
  return characters.length <= length ? text : `${characters.slice(0, length - 1).join('')}…`;
}

/** By container port, address, host port and protocol, as the docker command sorts them. */
export function sortPorts(ports: readonly Port[]): readonly Port[] {
  const text = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
  return ports.toSorted(
    (a, b) =>
      a.privatePort - b.privatePort ||
      text(a.ip ?? '', b.ip ?? '') ||
      (a.publicPort ?? 0) - (b.publicPort ?? 0) ||
      text(a.protocol, b.protocol),
  );
}

const hostOf = (ip: string) => (ip.includes(':') ? `[${ip}]` : ip);

/**
 * Sorted ports as the PORTS column: `0.0.0.0:8080->80/tcp`. Neighbours that are published under their own number, and those that are not
 * published, are drawn together as ranges and come first.
 */
export function portsText(ports: readonly Port[]): string {
  const closed: string[] = [];
  const open = new Map<string, { readonly first: number; last: number }>();
  const mapped: string[] = [];
  for (const { ip, privatePort, publicPort, protocol } of ports) {
    if (ip && publicPort !== privatePort) {
      mapped.push(`${hostOf(ip)}:${publicPort ?? 0}->${privatePort}/${protocol}`);
      continue;
    }
    const group = ip ? `${ip}/${protocol}` : protocol;
    const range = open.get(group);
    if (range && privatePort === range.last + 1) range.last = privatePort;
    else {
      if (range) closed.push(rangeText(group, range));
      open.set(group, { first: privatePort, last: privatePort });
    }
  }
  return [...closed, ...[...open].map(([group, range]) => rangeText(group, range)), ...mapped].join(', ');
}

function rangeText(group: string, { first, last }: { readonly first: number; readonly last: number }): string {
  const slash = group.lastIndexOf('/');
  const range = first === last ? String(first) : `${first}-${last}`;
  return slash === -1 ? `${range}/${group}` : `${hostOf(group.slice(0, slash))}:${range}->${range}/${group.slice(slash + 1)}`;
}
