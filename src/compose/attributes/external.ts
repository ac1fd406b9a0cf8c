// `external` of networks, volumes, configs and secrets, and the old way to write its name.
import { boolNode, type Node, withEntry } from '../../document/node.ts';
import { formatPath } from '../../document/path.ts';
import { originSpan } from '../../source/origin.ts';
import type { CanonicalContext } from './attribute.ts';
import { goText } from './forms.ts';

/** `external: {name: x}` becomes `external: true` and `name: x`, with a warning; another name beside it is wrong. */
export function externalResource(node: Node, { path, report }: CanonicalContext): Node {
  const external = node.kind === 'mapping' ? node.entries.get('external') : undefined;
  if (node.kind !== 'mapping' || external?.value.kind !== 'mapping') return node;
  const resource = withEntry(node, 'external', boolNode(true, external.value.origin));
  const inner = external.value.entries.get('name');
  if (!inner) return resource;
  const where = formatPath(path);
  const span = inner.keySpan ?? originSpan(inner.value.origin);
  const text = goText(inner.value) ?? '';
  const outer = node.entries.get('name');
  // Of two names that differ, one word is enough.
  if (!outer || goText(outer.value) === text) {
    report.add('schema.old-external', {
      message: `${where}: external.name is deprecated. Please set name and external: true`,
      span,
      hint: `Write "external: true" and "name: ${text}".`,
    });
    return outer ? resource : withEntry(resource, 'name', inner.value, inner.keySpan);
  } else {
    const outerSpan = originSpan(outer.value.origin);
    report.add('value.invalid', {
      message: `${where}: name and external.name conflict; only use name`,
      span,
      related: outerSpan ? [{ span: outerSpan, message: 'the other name' }] : [],
      hint: 'Keep one of the two names, as "name" beside "external: true".',
    });
  }
  return resource;
}
