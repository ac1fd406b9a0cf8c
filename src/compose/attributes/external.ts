// `external` of networks, volumes, configs and secrets, and the old way to write its name.
import type { Mend } from '../../diagnostics/mend.ts';
import { boolNode, type Entry, type Mapping, type Node, withEntry } from '../../document/node.ts';
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
      mend: outer ? withoutName(external.value) : namingOutside(external, external.value, inner),
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

/** `external: true` for the mapping in braces, where the name stands beside it already. */
function withoutName(value: Mapping): Mend | undefined {
  const span = originSpan(value.origin);
  const isInBraces = span && /^\{[^{}#\n]*\}$/.test(span.file.text.slice(span.start, span.end));
  return isInBraces && value.entries.size === 1 ? [{ span, text: 'true' }] : undefined;
}

/** `external: true`, and the name beside it, in the form in which they are written: in braces, or on lines of their own. */
function namingOutside({ keySpan }: Entry, value: Mapping, { keySpan: nameSpan }: Entry): Mend | undefined {
  const span = originSpan(value.origin);
  if (!keySpan || !span || !nameSpan || value.entries.size !== 1 || keySpan.file !== nameSpan.file) return undefined;
  const { file } = span;
  const { text } = file;
  const lineStart = text.lastIndexOf('\n', keySpan.start - 1) + 1;
  const indent = text.slice(lineStart, keySpan.start);
  const isAlone = /^ *$/.test(indent);
  const insert = (at: number, put: string) => ({ span: { file, start: at, end: at }, text: put });
  if (text[span.start] === '{') {
    const [ending] = /\r?\n/.exec(text) ?? ['\n'];
    const between = isAlone ? `${ending}${indent}` : ', ';
    const open = { span: { file, start: span.start, end: nameSpan.start }, text: `true${between}` };
    const closing = text.slice(span.start, span.end).search(/\s*\}$/);
    return closing === -1 ? undefined : [open, { span: { file, start: span.start + closing, end: span.end }, text: '' }];
  }
  const nameLine = text.lastIndexOf('\n', nameSpan.start - 1) + 1;
  if (!isAlone || nameLine <= keySpan.end || text[keySpan.end] !== ':') return undefined;
  return [insert(keySpan.end + 1, ' true'), { span: { file, start: nameLine, end: nameSpan.start }, text: indent }];
}
