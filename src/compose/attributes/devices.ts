// Attributes of devices: those of the host by path, and those that a driver hands out.
import type { Related } from '../../diagnostics/diagnostic.ts';
import { type Mapping, mappingNode, type Node, sequenceNode, stringNode, withEntry } from '../../document/node.ts';
import { formatPath } from '../../document/path.ts';
import { originSpan } from '../../source/origin.ts';
import type { Attribute, CanonicalContext } from './attribute.ts';
import { pairs, textOf } from './forms.ts';

const requests = ['services.*.gpus.[]', 'services.*.deploy.resources.reservations.devices.[]'];

/** `source[:target[:permissions]]`; the target is the source unless it is given, also in long form. A text with more parts is ambiguous. */
function device(node: Node, { path, report, uninterpolated }: CanonicalContext): Node | undefined {
  const text = textOf(node);
  const own = node.kind === 'mapping' ? node.entries.get('source')?.value : undefined;
  if (node.kind === 'mapping' && own && !node.entries.has('target')) return withEntry(node, 'target', own);
  if (text === undefined) return node;
  const parts = text.split(':');
  if (parts.length > 3) {
    if (uninterpolated) return node;
    const message = `${formatPath(path)}: confusing device mapping, please use long syntax: ${text}`;
    report.add('value.invalid', { message, span: originSpan(node.origin), hint: 'Write source, target and permissions as a mapping.' });
    return undefined;
  }
  const [source = '', target = '', permissions = 'rwm'] = parts;
  const leaf = (value: string): Node => stringNode(value, node.origin);
  return mappingNode(
    [
      ['source', leaf(source)],
      ['target', leaf(target === '' ? source : target)],
      ['permissions', leaf(permissions)],
    ],
    node.origin,
  );
}

/** The path in the container. */
function devicePath(item: Node): string | undefined {
  if (item.kind === 'mapping') return textOf((item.entries.get('target') ?? item.entries.get('source'))?.value);
  const [source, target] = textOf(item)?.split(':') ?? [];
  return target ?? source;
}

const all = stringNode('all', { how: 'defaulted', rule: 'devices.count' });

/** The text `all` asks for every device; validation has refused other texts. */
function allDevices(node: Node): Node {
  if (textOf(node) === undefined) return node;
  return sequenceNode([mappingNode([['count', stringNode('all', node.origin)]], node.origin)], node.origin);
}

function oneWayToChoose(node: Node, { path, report }: CanonicalContext): Node | undefined {
  if (node.kind !== 'mapping' || !node.entries.has('count') || !node.entries.has('device_ids')) return node;
  report.add('value.invalid', {
    message: `${formatPath(path)}: "count" and "device_ids" attributes are exclusive`,
    span: node.entries.get('count')?.keySpan ?? originSpan(node.origin),
    related: relatedTo(node, 'device_ids'),
    hint: 'Remove one of the two.',
  });
  return undefined;
}

function relatedTo(node: Mapping, key: string): readonly Related[] {
  const span = node.entries.get(key)?.keySpan;
  return span ? [{ span, message: 'the other one' }] : [];
}

function withCount(node: Mapping): Mapping {
  return node.entries.has('count') || node.entries.has('device_ids') ? node : withEntry(node, 'count', all);
}

export const deviceAttributes: readonly Attribute[] = [
  { at: 'services.*.devices', unique: devicePath },
  { at: 'services.*.devices.[]', canonical: device },
  { at: 'services.*.gpus', canonical: allDevices },
  ...requests.map((at): Attribute => ({ at, canonical: oneWayToChoose, defaults: withCount })),
  ...requests.map(at => pairs(`${at}.options`, 'empty')),
];
