// What the passes that bring files together share during one load: where paths and variables of a set of files come from, and what was loaded.
import type { Report } from '../diagnostics/report.ts';
import type { Mapping } from '../document/node.ts';
import type { Path } from '../document/path.ts';
import type { SourceReader } from '../source/reader.ts';
import type { Span } from '../source/span.ts';
import type { SourcedValues, Variables } from './environment.ts';
import type { LoadRequest } from './request.ts';
import type { Room } from './template.ts';

/** What relative paths and variables mean in one set of files: the project's own, or an included one's. */
export interface Scope {
  /** Absolute: what relative paths of these files mean. */
  readonly directory: string;
  /** What paths become: the absolute directory; with `--no-path-resolution`, an included directory as seen from the including one. */
  readonly pathBase: string;
  readonly variables: Variables;
}

/** Files brought together: one document in canonical form. */
export interface Model {
  readonly document: Mapping;
  /** Values of secrets and configs that come from variables of these files. */
  readonly sourced: SourcedValues;
}

/** The services of a file that others extend, by name, and what its tags clear. */
export interface ExtendedFile {
  readonly services: Mapping;
  readonly cleared: readonly Path[];
  /** It is an old file, in which not every service can be extended. */
  readonly isOld: boolean;
}

/** How a file is asked for: the place that names it, and whether it may be an old one. What files of today name has to be of today. */
export interface Asked {
  readonly from?: Span | undefined;
  readonly mayBeOld: boolean;
}

/** A file on the way from the project's own file to an included one, and the place that includes the next. */
export interface Including {
  readonly file: string;
  readonly span?: Span | undefined;
}

/** Written to during a load, by one load only. */
export interface LoadContext {
  readonly request: LoadRequest;
  readonly reader: SourceReader;
  readonly report: Report;
  /** Unset variables that were warned of. */
  readonly warned: Set<string>;
  /** What the values of variables may still add to its files. */
  readonly room: Room;
  /** Something that others may refer to could not be loaded: that a name is not there says nothing any more. */
  broken: boolean;
  /** The documents of old files, as outlined, and the services that such files know. */
  readonly old: Map<Mapping, ReadonlySet<string>>;
  readonly includes: Map<string, Promise<Model>>;
  readonly extended: Map<string, Promise<ExtendedFile | undefined>>;
  /** A number for each set of variables, the same for the same one. */
  numberOf(variables: Variables): number;
}

/** Whether a path names a git repository or a registry, and not a file. */
export function isRemote(path: string): boolean {
  return /^(?:https?|git|ssh|oci):\/\/|^git@|^github\.com\//.test(path);
}
