// What a container sees of other file systems: Binds where the old form says it all, Mounts for the rest (interop.md §4.5, §4.6).
import { isAbsolute } from 'node:path/posix';
import type { ObservedImage } from '../../model/observed.ts';
import type { Project } from '../../model/project.ts';
import type { Mount, Service } from '../../model/service.ts';
import type { ContainerDetails, Payload } from '../engine.ts';

export interface MountContext {
  readonly project: Project;
  readonly service: Service;
  /** The container whose anonymous volumes are taken over. */
  readonly replaced?: ContainerDetails | undefined;
  /** The image, for the volumes that it declares. */
  readonly image?: ObservedImage | undefined;
}

interface Mounting {
  readonly Type: string;
  readonly Source?: string;
  readonly Target: string;
  readonly ReadOnly?: boolean;
  readonly Consistency?: string;
  readonly BindOptions?: Payload;
  readonly VolumeOptions?: Payload;
  readonly TmpfsOptions?: Payload;
  readonly ImageOptions?: Payload;
}

/** HostConfig.Binds and HostConfig.Mounts, sorted by target; a later mount on a target wins, and secrets and configs never do. */
export function mountPayload(context: MountContext): { readonly Binds: readonly string[]; readonly Mounts: readonly Payload[] } {
  const { project, service } = context;
  const byTarget = new Map<string, Mounting>(inherited(context).map(mount => [mount.Target, mount]));
  for (const mount of service.volumes ?? []) {
    const target = mount.target ?? '';
    if (!mount.source && mount.type === 'volume' && byTarget.has(target)) continue;
    byTarget.set(target, mounting(project, mount));
  }
  for (const mount of [...fileMounts(context, 'secrets'), ...fileMounts(context, 'configs')])
    if (!byTarget.has(mount.Target)) byTarget.set(mount.Target, mount);
  const Binds: string[] = [];
  const Mounts: Payload[] = [];
  for (const mount of [...byTarget.values()].sort((a, b) => (a.Target < b.Target ? -1 : 1))) {
    const bind = bindText(project, service, mount);
    if (bind === undefined) Mounts.push({ ...mount });
    else Binds.push(bind);
  }
  return { Binds, Mounts };
}

/** Anonymous volumes of the old container, where the image or the service still declares one at their place. */
function inherited({ service, replaced, image }: MountContext): readonly Mounting[] {
  const anonymous = new Set((service.volumes ?? []).filter(({ source, type }) => !source && type === 'volume').map(({ target }) => target));
  return (replaced?.Mounts ?? [])
    .filter(mount => mount.Type !== 'tmpfs' && (anonymous.has(mount.Destination) || image?.volumes.includes(mount.Destination)))
    .map(mount => ({
      Type: mount.Type,
      Source: mount.Type === 'volume' ? (mount.Name ?? '') : mount.Source,
      Target: mount.Destination,
      ...(mount.RW ? {} : { ReadOnly: true }),
    }));
}

function volumeName(project: Project, key: string | undefined): string | undefined {
  if (!key) return undefined;
  const volume = project.volumes[key];
  return volume ? (volume.name ?? (volume.external ? key : `${project.name}_${key}`)) : key;
}

function mounting(project: Project, mount: Mount): Mounting {
  const source = mount.type === 'volume' ? volumeName(project, mount.source) : mount.source;
  return {
    Type: mount.type,
    ...(source ? { Source: source } : {}),
    Target: mount.target ?? '',
    ...(mount.read_only ? { ReadOnly: true } : {}),
    ...(mount.consistency ? { Consistency: mount.consistency } : {}),
    ...optionsOf(mount),
  };
}

function optionsOf(mount: Mount): Partial<Mounting> {
  const { bind, volume, tmpfs, image } = mount;
  if (mount.type === 'bind' && bind) {
    return {
      BindOptions: {
        ...(bind.propagation ? { Propagation: bind.propagation } : {}),
        ...(bind.create_host_path === false ? {} : { CreateMountpoint: true }),
        ...(bind.recursive === 'disabled' ? { NonRecursive: true } : {}),
        ...(bind.recursive === 'writable' ? { ReadOnlyNonRecursive: true } : {}),
        ...(bind.recursive === 'readonly' ? { ReadOnlyForceRecursive: true } : {}),
      },
    };
  }
  if (mount.type === 'volume' && volume) {
    return {
      VolumeOptions: {
        ...(volume.nocopy ? { NoCopy: true } : {}),
        ...(volume.subpath ? { Subpath: volume.subpath } : {}),
        ...(volume.labels && Object.keys(volume.labels).length > 0 ? { Labels: volume.labels } : {}),
      },
    };
  }
  if (mount.type === 'tmpfs' && tmpfs)
    return { TmpfsOptions: { ...(tmpfs.size ? { SizeBytes: tmpfs.size } : {}), ...(tmpfs.mode ? { Mode: tmpfs.mode } : {}) } };
  if (mount.type === 'image' && image) return { ImageOptions: image.subpath ? { Subpath: image.subpath } : {} };
  return {};
}

/** The old text form; undefined for a mount that needs more than it can say. Only it makes a missing host folder on every engine. */
function bindText(project: Project, service: Service, mount: Mounting): string | undefined {
  const declared = service.volumes?.find(({ target }) => target === mount.Target);
  if (!declared) return undefined;
  const { bind, volume } = declared;
  if (mount.Type === 'bind') {
    if (bind && (bind.create_host_path === false || bind.propagation || bind.recursive)) return undefined;
  } else if (mount.Type === 'volume') {
    const isProjects = Object.keys(project.volumes).some(key => volumeName(project, key) === mount.Source);
    const needsMore = volume && (volume.nocopy || volume.subpath || Object.keys(volume.labels ?? {}).length > 0);
    if (!isProjects || needsMore) return undefined;
  } else return undefined;
  const options = [declared.read_only ? 'ro' : 'rw', bind?.selinux, bind?.propagation].filter(option => option);
  return `${mount.Source}:${mount.Target}:${options.join(',')}`;
}

/** Where a secret or config is found in the container. */
export function fileTarget(kind: 'secrets' | 'configs', source: string, target: string | undefined): string {
  const folder = kind === 'secrets' ? '/run/secrets/' : '/';
  if (!target) return folder + source;
  return isAbsolute(target) || /^[A-Za-z]:[\\/]|^\\\\/.test(target) ? target : folder + target;
}

/** Secrets and configs that are files of the host: bound, read-only. What comes from variables or is written inline is delivered (files.ts). */
function fileMounts({ project, service }: MountContext, kind: 'secrets' | 'configs'): readonly Mounting[] {
  return (service[kind] ?? []).flatMap(reference => {
    const object = project[kind][reference.source];
    if (!object?.file || object.environment || ('content' in object && object.content)) return [];
    return {
      Type: 'bind',
      Source: object.file,
      Target: fileTarget(kind, reference.source, reference.target),
      ReadOnly: true,
      ...(kind === 'secrets' ? { BindOptions: {} } : {}),
    };
  });
}
