// Relative paths → absolute ones, by the rows of the attribute table (loader.md §3.6). Runs on a canonical document, against one directory.
import type { Mapping } from '../document/node.ts';
import { textOf } from './attributes/forms.ts';
import { absolute, changeText } from './attributes/host-paths.ts';
import { rewriteAttributes } from './attributes/rewrite.ts';

export interface PathOptions {
  /** Absolute: what relative paths mean. */
  readonly directory: string;
  /** What `~` means. */
  readonly home: string;
  /** A path with its symbolic links resolved; the path itself where it does not exist. */
  realPath(path: string): Promise<string>;
}

/** The document with absolute paths wherever a row says that a text is a path of the host. */
export async function resolvePaths(document: Mapping, { directory, home, realPath }: PathOptions): Promise<Mapping> {
  const place = { directory, home };
  const watched = new Set<string>();
  const made = rewriteAttributes(document, (node, attribute) => {
    if (!attribute.hostPath) return node;
    const path = absolute[attribute.hostPath](node, place);
    const text = attribute.hostPath === 'watch' ? textOf(path) : undefined;
    if (text !== undefined) watched.add(text);
    return path;
  });
  if (watched.size === 0) return made;
  const real = new Map<string, string>();
  for (const path of watched) real.set(path, await withoutFirstLink(path, realPath));
  return rewriteAttributes(made, (node, attribute) =>
    attribute.hostPath === 'watch' ? changeText(node, path => real.get(path) ?? path) : node,
  );
}

/** The path with its first symbolic link resolved, as the reference does: links further down stay. */
async function withoutFirstLink(path: string, realPath: PathOptions['realPath']): Promise<string> {
  let prefix = '';
  for (const part of path.split('/')) {
    if (part === '') continue;
    prefix = `${prefix}/${part}`;
    const real = await realPath(prefix);
    if (real !== prefix) return real + path.slice(prefix.length);
  }
  return path;
}
