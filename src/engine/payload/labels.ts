// The labels of containers, networks and volumes (interop.md §2), and the packed record of the service a container was made from.
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { dependsOnLabel, labels, separator } from '../../model/identity.ts';
import { type Named, named } from '../../model/named.ts';
import type { Project } from '../../model/project.ts';
import type { Service } from '../../model/service.ts';
import { composeVersion } from '../../model/version.ts';

/** What the labels of a container say beyond the model. */
export interface LabelFacts {
  /** undefined for one-offs. */
  readonly replica?: number | undefined;
  readonly configHash: string;
  /** The digest of the image that the container is made from. */
  readonly imageDigest?: string | undefined;
  readonly imageVolumeDigest?: string | undefined;
  /** Whether the container takes over the volumes of another one. */
  readonly replaces: boolean;
  /** 64 hex digits, for one-offs. */
  readonly slug?: string | undefined;
  /** The redacted record of the service, as JSON. */
  readonly model?: string | undefined;
}

/** The labels of a container; the user's own come first, so that Compose's win. Sorted by key. */
export function containerLabels(project: Project, service: Service, facts: LabelFacts): Named<string> {
  const model = facts.model === undefined ? undefined : encodeModel(facts.model);
  return sorted({
    ...service.labels,
    [labels.project]: project.name,
    [labels.service]: service.name,
    [labels.version]: composeVersion,
    [labels.oneOff]: facts.slug === undefined ? 'False' : 'True',
    [labels.workingDirectory]: project.directory,
    [labels.configFiles]: project.files.join(','),
    [labels.configHash]: facts.configHash,
    [labels.dependsOn]: dependsOnLabel(project, service),
    ...(project.envFiles.length > 0 ? { [labels.environmentFile]: project.envFiles.join(',') } : {}),
    ...(facts.replica === undefined ? {} : { [labels.number]: String(facts.replica) }),
    ...(facts.imageDigest ? { [labels.image]: facts.imageDigest } : {}),
    ...(facts.imageVolumeDigest ? { [labels.imageVolumeDigest]: facts.imageVolumeDigest } : {}),
    ...(facts.replaces ? { [labels.replace]: service.container_name || service.name + separator(project) + facts.replica } : {}),
    ...(facts.slug === undefined ? {} : { [labels.slug]: facts.slug }),
    ...(model === undefined ? {} : { [labels.model]: model }),
  });
}

/** The labels of a network or a volume. */
export function resourceLabels(
  project: Project,
  kind: 'network' | 'volume',
  key: string,
  own: Named<string> | undefined,
  configHash: string,
): Named<string> {
  return sorted({
    ...own,
    [labels[kind]]: key,
    [labels.project]: project.name,
    [labels.version]: composeVersion,
    [labels.configHash]: configHash,
  });
}

function sorted(record: Readonly<Record<string, string>>): Named<string> {
  return named(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Longer records are left out: a label is read with every list of containers. */
const longestLabel = 16 * 1024;
const longestModel = 1024 * 1024;

/** A record packed for the label: deflated, then base64. undefined where that is longer than 16 KiB. */
export function encodeModel(json: string): string | undefined {
  const text = deflateRawSync(json).toString('base64');
  return text.length <= longestLabel ? text : undefined;
}

/** A record from its label; undefined where the label holds something else. */
export function decodeModel(label: string | undefined): string | undefined {
  if (!label) return undefined;
  try {
    return inflateRawSync(Buffer.from(label, 'base64'), { maxOutputLength: longestModel }).toString('utf8');
  } catch (failure) {
    // Anyone may write labels: what cannot be unpacked tells nothing, and is no reason to fail.
    if (failure instanceof Error && 'code' in failure) return undefined;
    throw failure;
  }
}
