// The attribute table: the rows of every file beside it, and the tree in which passes find the row of a path.
import { invariant } from '../../diagnostics/invariant.ts';
import { type Path, parsePattern } from '../../document/path.ts';
import type { Attribute } from './attribute.ts';
import { buildAttributes } from './build.ts';
import { commandAttributes } from './command.ts';
import { dependencyAttributes } from './dependencies.ts';
import { deployAttributes } from './deploy.ts';
import { developAttributes } from './develop.ts';
import { deviceAttributes } from './devices.ts';
import { environmentAttributes } from './environment.ts';
import { fileAttributes } from './files.ts';
import { healthcheckAttributes } from './healthcheck.ts';
import { labelAttributes } from './labels.ts';
import { limitAttributes } from './limits.ts';
import { loggingAttributes } from './logging.ts';
import { networkAttributes } from './networks.ts';
import { portAttributes } from './ports.ts';
import { rootAttributes } from './root.ts';
import { volumeAttributes } from './volumes.ts';

export const attributes: readonly Attribute[] = [
  ...rootAttributes,
  ...buildAttributes,
  ...commandAttributes,
  ...dependencyAttributes,
  ...deployAttributes,
  ...developAttributes,
  ...deviceAttributes,
  ...environmentAttributes,
  ...fileAttributes,
  ...healthcheckAttributes,
  ...labelAttributes,
  ...limitAttributes,
  ...loggingAttributes,
  ...networkAttributes,
  ...portAttributes,
  ...volumeAttributes,
];

/** A place in the tree of patterns: the row of this very path, and where rows go on below it. */
export interface AttributeTree {
  readonly attribute: Attribute | undefined;
  /** By key; any other key; any place in a sequence. */
  readonly keys: ReadonlyMap<string, AttributeTree>;
  readonly anyKey: AttributeTree | undefined;
  readonly anyItem: AttributeTree | undefined;
}

interface Growing {
  attribute: Attribute | undefined;
  keys: Map<string, Growing>;
  anyKey: Growing | undefined;
  anyItem: Growing | undefined;
}

function growing(): Growing {
  return { attribute: undefined, keys: new Map(), anyKey: undefined, anyItem: undefined };
}

function grow(tree: Growing, part: string): Growing {
  if (part === '*') return (tree.anyKey ??= growing());
  if (part === '[]') return (tree.anyItem ??= growing());
  const known = tree.keys.get(part) ?? growing();
  tree.keys.set(part, known);
  return known;
}

/** The tree of some rows. Each pattern may have one row only. */
export function attributeTree(rows: readonly Attribute[]): AttributeTree {
  const root = growing();
  for (const row of rows) {
    const place = parsePattern(row.at).reduce(grow, root);
    invariant(place.attribute === undefined, `two rows for ${row.at}`);
    place.attribute = row;
  }
  return root;
}

/** All rows, as a tree: passes that walk a document walk it alongside, and leave branches without rows alone. */
export const attributesByPath: AttributeTree = attributeTree(attributes);

/** One step down the tree. */
export function below(tree: AttributeTree, part: string | number): AttributeTree | undefined {
  return typeof part === 'number' ? tree.anyItem : (tree.keys.get(part) ?? tree.anyKey);
}

/** The row of a path, from its first part to its last; constant work for each part. */
export function attributeAt(path: Path): Attribute | undefined {
  let tree: AttributeTree | undefined = attributesByPath;
  for (const part of path) {
    tree = below(tree, part);
    if (!tree) return undefined;
  }
  return tree.attribute;
}
