// Attribute: all that the language knows of one attribute, in one row. Passes walk the table; no pass knows an attribute's name.
import type { Report } from '../../diagnostics/report.ts';
import type { Mapping, Node } from '../../document/node.ts';
import type { Path } from '../../document/path.ts';

/** What a canonical-form function may ask for. `report.add` marks the node wrong; it then returns undefined and later passes leave it alone. */
export interface CanonicalContext {
  readonly report: Report;
  readonly path: Path;
  /** Values that hold `$` are left alone (`config --no-interpolate`). */
  readonly uninterpolated: boolean;
  /** The document that is being brought into canonical form, as it was before. */
  readonly document: Mapping;
}

/** How a value of a later file is brought together with an earlier one's (loader.md §3.1–3.2). The general rule needs no row. */
export type MergeRule =
  /** The later value replaces, even with null: command, entrypoint, healthcheck.test. */
  | 'replace'
  /** Both sides become a list of `K=V`; the same key is replaced in place. */
  | 'key-values'
  /** Both sides become lists (text → one item, mapping → sorted `K=V`) and are joined without equal items. */
  | 'list'
  /** Anything else: gets both sides, neither of them null, and returns the merged node. `mergeMappings` is the general rule for mappings. */
  | ((base: Node, over: Node, mergeGeneral: (base: Node, over: Node) => Node) => Node);

/** What the conversion of an attribute of an old file may ask for, and what it may add. */
export interface OldContext {
  /** The services of the project's old files: a name that is none of them is that of a container. */
  readonly services: ReadonlySet<string>;
  /** Merges something into the document that is made, beside the services: what the old file left unsaid. */
  add(fragment: Mapping): void;
}

/** What an attribute was in a file of Fig, or of Compose up to 1.5 (loader.md §9); read by compose/old-files.ts. */
export interface OldAttribute {
  /** The service in today's form; called where it has the attribute, in the order of the table. */
  readonly convert?: (service: Mapping, context: OldContext) => Mapping;
  /** Whether a mapping at the top level with this value is a service, whatever else there is. */
  readonly marksService?: (value: Node) => boolean;
  /** Whether a service with this value, in today's form, could not be extended: it names others, which the extending file may not have. */
  readonly bindsService?: (value: Node) => boolean;
}

export type Cast = 'int' | 'int64' | 'float' | 'float32' | 'bool';

export interface Attribute {
  /** A pattern over paths of the accumulated document: `services.*.ports`, `services.*.ports.[].target`. */
  readonly at: string;
  readonly old?: OldAttribute;
  readonly merge?: MergeRule;
  /** The key by which items of the list are the same item; the last one wins at the first one's position. undefined: the item has no key. */
  readonly unique?: (item: Node, path: Path, report: Report) => string | undefined;
  /** What a string becomes after interpolation. */
  readonly cast?: Cast;
  /** Short form → long form; undefined after reporting. Runs on the merged document, parents before children. */
  readonly canonical?: (node: Node, context: CanonicalContext) => Node | undefined;
  /** Reports what must not be, once all files are together: a resource that two files describe may be complete only then. */
  readonly check?: (node: Node, path: Path, report: Report) => void;
  /** As `check`, where the reference looks while it makes paths absolute: `config --no-path-resolution` leaves it out. */
  readonly checkPath?: (node: Node, path: Path, report: Report) => void;
  /** A mapping's entries that are filled where they are missing, after canonicalisation (loader.md §4.7). */
  readonly defaults?: (node: Mapping) => Mapping;
  /**
   * The string (or each item, each value) at this path is a path of the host. `context`: URLs and `service:` are left alone. `file`: Windows
   * paths too. `ssh`: a file, where there is one. `watch`: symbolic links are followed. `bind`: on a mount, only for type bind.
   * `device`: on a volume, only for a local one that is a bind mount.
   */
  readonly hostPath?: 'path' | 'context' | 'file' | 'bind' | 'watch' | 'ssh' | 'device';
}
