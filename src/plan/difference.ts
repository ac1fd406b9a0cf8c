// What differs between the service a container was made from and the service as it is now, by path; and the record that makes this possible:
// the service as JSON with every secret replaced by a digest, kept on the container as the label dev.fig.model.
import { createHmac } from 'node:crypto';
import { serviceJson } from '../exporters/compose.ts';
import { contentOf } from '../model/content.ts';
import { type Named, named } from '../model/named.ts';
import type { ObservedContainer } from '../model/observed.ts';
import { placeOf } from '../model/places.ts';
import type { Project } from '../model/project.ts';
import { isSecretName, replaceUrlPasswords } from '../model/secrets.ts';
import type { Service } from '../model/service.ts';
import type { Change } from './cause.ts';

/** Starts every digest that stands for a secret; no value of a service starts so by accident. */
const digestMark = 'dev.fig.digest:';
const longest = 200;

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** A keyed digest for one service of one project. */
function digestFor(project: Project, service: Service): (secret: string) => string {
  const key = `${project.name}\n${service.name}`;
  return secret => digestMark + createHmac('sha256', key).update(secret).digest('hex').slice(0, 16);
}

/** Under this key the record has the digests of what is delivered before each start; no attribute is called so. */
const deliveredKey = 'dev.fig.delivered';

/** Digests of the secrets and configs of a service that are in no file of the host: `configs.motd` → digest. */
function deliveries(project: Project, service: Service): Named<string> {
  const digest = digestFor(project, service);
  return named(
    (['configs', 'secrets'] as const).flatMap(kind =>
      (service[kind] ?? []).flatMap(({ source }) => {
        const content = contentOf(project, kind, source);
        return content === undefined ? [] : [[`${kind}.${source}`, digest(content)] as const];
      }),
    ),
  );
}

/**
 * The service as compact JSON with secrets replaced by keyed digests: equal secrets of one service give equal digests, others different ones.
 * Secrets are values under a name that tells one, words such as `--token=…`, and passwords in URLs. What is delivered is there by digests.
 */
export function redactedModel(project: Project, service: Service): string {
  const digest = digestFor(project, service);
  const text = (value: string): string => {
    const [, name = '', secret = ''] = /^-{0,2}([A-Za-z_][\w.-]*)=(.+)$/s.exec(value) ?? [];
    if (secret !== '' && isSecretName(name)) return value.slice(0, -secret.length) + digest(secret);
    return replaceUrlPasswords(value, digest);
  };
  const redact = (value: Json, secretName: boolean): Json => {
    if (typeof value === 'string') return secretName && value !== '' ? digest(value) : text(value);
    if (Array.isArray(value)) {
      return value.map((item, index) => {
        const flag = value[index - 1];
        return redact(item, typeof flag === 'string' && /^--?[\w-]+$/.test(flag) && isSecretName(flag));
      });
    }
    if (value !== null && typeof value === 'object')
      return Object.fromEntries(
        Object.entries(value).map(([name, item]) => [name, redact(item, typeof item === 'string' && isSecretName(name))]),
      );
    return value;
  };
  const record = redact(JSON.parse(serviceJson(service)) as Json, false) as { readonly [key: string]: Json };
  const delivered = deliveries(project, service);
  return JSON.stringify(Object.keys(delivered).length > 0 ? { ...record, [deliveredKey]: delivered } : record);
}

/**
 * What a container was delivered that the files say otherwise now. The configuration hash does not tell, so that the reference leaves such a
 * container alone; fig can only say it of containers that it made, by their record.
 */
export function staleDeliveries(project: Project, service: Service, container: Pick<ObservedContainer, 'model'>): readonly Change[] {
  const now = deliveries(project, service);
  // The record is unpacked only for those services that are delivered something.
  if (Object.keys(now).length === 0 || container.model === undefined) return [];
  const before = own(recordOf(container.model), deliveredKey);
  if (!isMapping(before)) return [];
  return Object.entries(now)
    .filter(([path, digest]) => Object.hasOwn(before, path) && before[path] !== digest)
    .map(([path]) => ({ path, ...placeOf(project, path) }));
}

/** The changes from one record to another, sorted by path. Values of secrets are left out: their digests tell nobody anything. */
export function modelChanges(before: string, after: string): readonly Change[] {
  const changes: Change[] = [];
  const { [deliveredKey]: _before, ...from } = recordOf(before);
  const { [deliveredKey]: _after, ...to } = recordOf(after);
  compare(from, to, '', changes);
  return changes.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

/** A record that cannot be read, or is none, counts as empty: it is somebody else's label. */
function recordOf(text: string): { readonly [key: string]: Json } {
  try {
    const record = JSON.parse(text) as Json;
    return isMapping(record) ? record : {};
  } catch (failure) {
    if (failure instanceof SyntaxError) return {};
    throw failure;
  }
}

function compare(before: Json | undefined, after: Json | undefined, path: string, changes: Change[]): void {
  if (isMapping(before) && isMapping(after)) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)]))
      compare(own(before, key), own(after, key), path === '' ? key : `${path}.${key}`, changes);
    return;
  }
  if (isMappings(before) && isMappings(after)) {
    for (let index = 0; index < Math.max(before.length, after.length); index++)
      compare(before[index], after[index], `${path}[${index}]`, changes);
    return;
  }
  const [from, to] = [shown(before), shown(after)];
  if (from === to) return;
  const secret = `${from}${to}`.includes(digestMark);
  changes.push({
    path,
    ...(from === undefined || secret ? {} : { before: shorten(from) }),
    ...(to === undefined || secret ? {} : { after: shorten(to) }),
  });
}

function own(mapping: { readonly [key: string]: Json }, key: string): Json | undefined {
  return Object.hasOwn(mapping, key) ? mapping[key] : undefined;
}

function isMapping(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Lists of mappings are compared item by item; lists of words (a command) as a whole. */
function isMappings(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value) && value.length > 0 && value.every(isMapping);
}

function shown(value: Json | undefined): string | undefined {
  return value === undefined || typeof value === 'string' ? value : JSON.stringify(value);
}

function shorten(text: string): string {
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
}

/** How a service differs from the record on its container, with the places in the files; `configuration` where there is no record. */
export function serviceChanges(project: Project, service: Service, effective: Service, recorded: string | undefined): readonly Change[] {
  const changes = recorded === undefined ? [] : modelChanges(recorded, redactedModel(project, effective));
  if (changes.length === 0) return [withPlace(project, service, { path: 'configuration' })];
  return changes.map(change => withPlace(project, service, change));
}

function withPlace(project: Project, service: Service, change: Change): Change {
  const path = change.path === 'configuration' ? '' : `.${change.path}`;
  return { ...change, ...placeOf(project, `services.${service.name}${path}`) };
}
