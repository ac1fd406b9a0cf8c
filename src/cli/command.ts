// Command: its flags, and what it does with them. A command is a few lines: flags, one API call, one view.
import type { Context } from './context.ts';
import { bool, type FlagTable, type FlagValues } from './flags.ts';

/** What a command is called with. */
export interface Invocation<F extends FlagTable> {
  readonly flags: FlagValues<F>;
  /** Names of the flags that were given, as their keys. */
  readonly given: ReadonlySet<string>;
  readonly args: readonly string[];
  readonly context: Context;
}

export interface CommandDefinition<F extends FlagTable> {
  readonly name: string;
  /** What follows the name in the usage line: `[OPTIONS] [SERVICE...]`. */
  readonly usage?: string;
  readonly summary: string;
  readonly description?: string;
  readonly flags: F;
  /** How many arguments it wants at least; `none`: it takes none at all. */
  readonly arguments?: { readonly least: number } | 'none';
  /** false: the first argument ends the flags, since what follows belongs to a program in a container. */
  readonly interspersed?: false;
  /** What its arguments are, for completion. */
  readonly completes?: 'services';
  /** Resolves to the exit code. */
  run(invocation: Invocation<F & typeof commonFlags>): Promise<number>;
}

/** A command whose flags the table no longer knows by type. */
export type Command = CommandDefinition<FlagTable>;

/** What every command takes. */
export const commonFlags = {
  dryRun: bool('Show what would be done, and change nothing'),
};

/** Defines a command; the types of its flags follow from their table. */
export function defineCommand<F extends FlagTable>(definition: CommandDefinition<F>): Command {
  // The types of the flags are forgotten here, since the table of commands holds all of them; cli.ts reads the values by the same table.
  return { ...definition, flags: { ...commonFlags, ...definition.flags } } as unknown as Command;
}
