// What each kind of host path means: how it becomes absolute, and what of it stays as it is (loader.md §3.6). Read by paths.ts.
import { posix } from 'node:path';
import { child, type Node, type Scalar, stringNode, withEntry } from '../../document/node.ts';
import type { Attribute } from './attribute.ts';
import { mapItems, mapValues, textOf } from './forms.ts';

interface Place {
  /** Absolute: what relative paths mean. */
  readonly directory: string;
  /** What `~` means. */
  readonly home: string;
}

/** For each kind of path: the node with its paths made absolute. */
export const absolute: Readonly<Record<NonNullable<Attribute['hostPath']>, (node: Node, place: Place) => Node>> = {
  path: (node, place) => eachText(node, path => absolutePath(path, place)),
  watch: (node, place) => eachText(node, path => absolutePath(path, place)),
  context: (node, place) => eachText(node, path => (isRemoteContext(path) ? path : absolutePath(path, place))),
  file: (node, place) => eachText(node, path => absoluteFile(path, place)),
  ssh: (node, place) => eachText(node, path => absoluteFile(path, place)),
  bind: (node, place) => changeEntry(node, 'source', () => textOf(child(node, 'type')) === 'bind', place),
  device: (node, place) => {
    const options = child(node, 'driver_opts');
    if (node.kind !== 'mapping' || options === undefined || textOf(child(node, 'driver')) !== 'local') return node;
    const made = changeEntry(options, 'device', () => textOf(child(options, 'o')) === 'bind', place);
    return made === options ? node : withEntry(node, 'driver_opts', made);
  },
};

/** The node with one of its texts made an absolute path, where a condition holds. */
function changeEntry(node: Node, key: string, holds: () => boolean, place: Place): Node {
  const value = child(node, key);
  if (node.kind !== 'mapping' || value === undefined || !holds()) return node;
  const made = changeText(value, path => absoluteFile(path, place));
  return made === value ? node : withEntry(node, key, made);
}

/** The text, each item, or each value changed. */
function eachText(node: Node, change: (text: string) => string): Node {
  if (node.kind === 'mapping') return mapValues(node, value => changeText(value, change));
  if (node.kind === 'sequence') return mapItems(node, item => changeText(item, change));
  return changeText(node, change);
}

/** A text changed; any other node stays. */
export function changeText(node: Node, change: (text: string) => string): Node {
  const text = textOf(node);
  if (text === undefined) return node;
  const made = change(text);
  return made === text ? node : ({ ...stringNode(made, node.origin), text: (node as Scalar).text } satisfies Scalar);
}

/** `~` and `~name` stand for something below the home directory, as in the reference. */
function expandHome(path: string, home: string): string {
  return path.startsWith('~') && home !== '' ? join(home, path.slice(1)) : path;
}

function absolutePath(path: string, { directory, home }: Place): string {
  const expanded = expandHome(path, home);
  return expanded === '' || posix.isAbsolute(expanded) ? expanded : join(directory, expanded);
}

/** Like `absolutePath`, but for texts that may be paths of a Windows host; an empty text is the directory itself. */
function absoluteFile(path: string, { directory, home }: Place): string {
  const expanded = expandHome(path, home);
  return posix.isAbsolute(expanded) || isWindowsPath(expanded) ? expanded : join(directory, expanded);
}

function join(directory: string, path: string): string {
  const joined = posix.join(directory, path);
  return joined.length > 1 && joined.endsWith('/') ? joined.slice(0, -1) : joined;
}

/** `C:\data`, `C:/data`, `\\host\share`, `\\.\pipe\name`. */
function isWindowsPath(path: string): boolean {
  return /^(?:.:[\\/]|[\\/]{2})/s.test(path);
}

/** A context that is no directory: a URL, a repository, or the image of another service. */
function isRemoteContext(context: string): boolean {
  return context.includes('://') || /^(?:service:|github\.com\/|git@)/.test(context);
}
