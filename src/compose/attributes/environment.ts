// Attributes of the variables of a container.
import { boolNode, child, type Mapping, mappingNode, type Node, sequenceNode, stringNode, withEntry } from '../../document/node.ts';
import type { Attribute } from './attribute.ts';
import { mapItems, pairs, textOf, textToList } from './forms.ts';

const files = 'services.*.env_file';
const required = boolNode(true, { how: 'defaulted', rule: 'env_file.required' });

/** A path, or a list of paths and of mappings, becomes a list of mappings. */
function toFiles(node: Node): Node {
  if (node.kind === 'sequence') return mapItems(node, toFile);
  return textOf(node) === undefined ? node : sequenceNode([toFile(node)], node.origin);
}

function toFile(node: Node): Node {
  if (node.kind === 'mapping') return node.entries.has('required') ? node : withEntry(node, 'required', required);
  if (textOf(node) === undefined) return node;
  return mappingNode(
    [
      ['path', node],
      ['required', required],
    ],
    node.origin,
  );
}

function filePath(item: Node): string | undefined {
  return item.kind === 'mapping' ? textOf(item.entries.get('path')?.value) : textOf(item);
}

/** Old files had lines of env files taken as they are, quotes and all. */
function rawFiles(service: Mapping): Mapping {
  const listed = child(service, 'env_file');
  const raw = (file: Node): Node =>
    textOf(file) === undefined
      ? file
      : mappingNode(
          [
            ['path', file],
            ['format', stringNode('raw', file.origin)],
          ],
          file.origin,
        );
  const all = listed && textToList(listed);
  return all?.kind === 'sequence' ? withEntry(service, 'env_file', mapItems(all, raw)) : service;
}

export const environmentAttributes: readonly Attribute[] = [
  pairs('services.*.environment', 'inherited'),
  { at: files, old: { convert: rawFiles }, merge: 'list', unique: filePath, canonical: toFiles },
  { at: `${files}.[].path`, hostPath: 'path' },
];
