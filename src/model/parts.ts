// Parts that a service, its build and its deployment have in common.
import type { Named } from './named.ts';

/** A duration as Go prints it (`1m30s`, `500ms`); model/values.ts turns it into nanoseconds. */
export type Duration = string;
/** A size in bytes; -1 where the attribute allows "no limit". */
export type Bytes = Whole;

/** A whole number of 64 bits: its digits as text where a number would lose some of them. */
export type Whole = number | `${bigint}`;

/** One value for both limits, or soft and hard apart. */
export type Ulimit = Whole | { readonly soft?: Whole; readonly hard?: Whole };

/** A `configs:` or `secrets:` entry of a service. `mode` is octal text, as `0440`. */
export interface FileReference {
  readonly source: string;
  readonly target?: string;
  readonly uid?: string;
  readonly gid?: string;
  readonly mode?: string;
  readonly extensions?: Named<unknown>;
}
