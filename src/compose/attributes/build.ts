// Attributes of `build`: how the image of a service is made.
import { type Entry, type Mapping, mappingNode, type Node, nullNode, stringNode, withEntry, withoutEntry } from '../../document/node.ts';
import { formatPath } from '../../document/path.ts';
import { originSpan } from '../../source/origin.ts';
import type { Attribute, CanonicalContext } from './attribute.ts';
import { fileReference } from './files.ts';
import { cutPair, goText, pairs, set, textOf, textToListAtLast } from './forms.ts';
import { hosts } from './networks.ts';

const build = 'services.*.build';

/** The short form names the context. */
function toBuild(node: Node): Node {
  return textOf(node) === undefined ? node : mappingNode([['context', node]], node.origin);
}

function withContext(node: Mapping): Mapping {
  return node.entries.has('context') ? node : withEntry(node, 'context', stringNode('.', { how: 'defaulted', rule: 'build.context' }));
}

/** `true` and `false` become texts; an attestation may also be given by its parameters. */
function attestation(node: Node): Node {
  const text = goText(node);
  return node.kind === 'scalar' && node.type !== 'string' && text !== undefined ? stringNode(text, node.origin) : node;
}

/** `name=context` items become a mapping; an item without `=` is wrong. */
function namedContexts(node: Node, { path, report, uninterpolated }: CanonicalContext): Node {
  if (node.kind !== 'sequence') return node;
  const entries: Entry[] = [];
  for (const [index, item] of node.items.entries()) {
    const text = textOf(item);
    if (text === undefined) continue;
    const { key, value } = cutPair(text);
    const span = originSpan(item.origin);
    if (value !== undefined) entries.push({ key, keySpan: span, value: stringNode(value, item.origin) });
    else if (uninterpolated) return node;
    else {
      const message = `${formatPath([...path, index])}: invalid value ${text}, expected key=value`;
      report.add('value.invalid', { message, span, hint: `Write "NAME=${text}".` });
    }
  }
  return mappingNode(entries, node.origin);
}

/** `id=path` items become a mapping; `default` alone stands for the agent. */
function keys(node: Node, { path, report }: CanonicalContext): Node {
  if (node.kind !== 'sequence') return node;
  const entries: Entry[] = [];
  for (const [index, item] of node.items.entries()) {
    const text = textOf(item);
    if (text === undefined) continue;
    const { key, value } = cutPair(text);
    const span = originSpan(item.origin);
    if (value !== undefined || key === 'default') {
      entries.push({ key, keySpan: span, value: value === undefined ? nullNode(item.origin) : stringNode(value, item.origin) });
    } else {
      const message = `${formatPath([...path, index])}: invalid ssh key "${text}"`;
      report.add('value.invalid', { message, span, hint: `Write "${text}=PATH", or "default" for the agent.` });
    }
  }
  return mappingNode(entries, node.origin);
}

/** Old files had the Dockerfile beside the context. */
function withDockerfile(service: Mapping): Mapping {
  const dockerfile = service.entries.get('dockerfile');
  if (!dockerfile) return service;
  const made = mappingNode([{ ...dockerfile, key: 'dockerfile' }], dockerfile.value.origin);
  const context = service.entries.get('build');
  const built = context ? withEntry(made, 'context', context.value, context.keySpan) : made;
  return withEntry(withoutEntry(service, 'dockerfile'), 'build', built, context?.keySpan ?? dockerfile.keySpan);
}

/** In old files an image takes the place of a build that is inherited, and the other way round. */
function inPlaceOf(other: string): (service: Mapping) => Mapping {
  return service => {
    if (service.entries.has(other)) return service;
    return withEntry(service, other, { ...nullNode({ how: 'defaulted', rule: 'old files' }), tag: '!reset' });
  };
}

const isText = (node: Node) => textOf(node) !== undefined;

export const buildAttributes: readonly Attribute[] = [
  { at: 'services.*.dockerfile', old: { convert: withDockerfile } },
  { at: 'services.*.image', old: { convert: inPlaceOf('build'), marksService: isText } },
  {
    at: build,
    old: { convert: inPlaceOf('image'), marksService: isText },
    merge: (base, over, general) => general(toBuild(base), toBuild(over)),
    canonical: toBuild,
    defaults: withContext,
  },
  { at: `${build}.context`, hostPath: 'context' },
  pairs(`${build}.args`, 'argument'),
  {
    at: `${build}.additional_contexts`,
    merge: 'key-values',
    unique: item => cutPair(textOf(item) ?? '').key,
    canonical: namedContexts,
    hostPath: 'context',
  },
  { at: `${build}.ssh`, canonical: keys, hostPath: 'ssh' },
  pairs(`${build}.labels`, 'empty'),
  set(`${build}.tags`),
  hosts(`${build}.extra_hosts`),
  { at: `${build}.provenance`, canonical: attestation },
  { at: `${build}.sbom`, canonical: attestation },
  { at: `${build}.no_cache_filter`, canonical: textToListAtLast },
  { at: `${build}.secrets.[]`, canonical: fileReference },
];
