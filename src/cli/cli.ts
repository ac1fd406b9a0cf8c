// From arguments to an exit code: finds the command, reads its flags, runs it. Versions, help and completion are answered here, with
// nothing else loaded.
import type { Command } from './command.ts';
import { commandRows, findCommand } from './commands/table.ts';
import { CommandFailure, Context } from './context.ts';
import { type FlagTable, flagName, type Parsed, parseFlags } from './flags.ts';
import { commandHelp, overviewHelp } from './help.ts';
import { type GlobalFlags, globalFlags } from './project-flags.ts';
import { isPlugin, type Surroundings } from './surroundings.ts';

/** Runs the command line; resolves to the exit code, with all output written. Throws only for bugs. */
export async function runCli(surroundings: Surroundings): Promise<number> {
  try {
    return await dispatch(surroundings);
  } catch (error) {
    if (!(error instanceof CommandFailure)) throw error;
    if (error.message) surroundings.stderr.write(`${error.message}\n`);
    return error.exitCode;
  }
}

const program = 'fig';

async function dispatch(surroundings: Surroundings): Promise<number> {
  const parsed = await understood(
    globalFlags,
    parseFlags(globalFlags, isPlugin(surroundings) ? surroundings.arguments.slice(1) : surroundings.arguments, false),
  );
  // The values were read by this very table.
  const globals = parsed.values as unknown as GlobalFlags;
  const [name, ...args] = globals.version ? ['version'] : parsed.rest;
  if (name === undefined || (name === 'help' && args.length === 0)) return showOverview(surroundings);
  if (name === 'help') return showHelp(args[0] as string, surroundings);
  if (parsed.help) return showHelp(name, surroundings);
  return runCommand(await commandNamed(name), args, globals, surroundings);
}

function columns(surroundings: Surroundings): number {
  return surroundings.stdout.isTerminal ? surroundings.stdout.columns : 80;
}

function showOverview(surroundings: Surroundings): number {
  surroundings.stdout.write(overviewHelp(program, globalFlags, commandRows, columns(surroundings)));
  return 0;
}

async function showHelp(name: string, surroundings: Surroundings): Promise<number> {
  surroundings.stdout.write(commandHelp(program, await commandNamed(name), columns(surroundings)));
  return 0;
}

/** The name most likely meant; the API is loaded for it, since nothing else is going to happen. */
async function nearest(name: string, known: readonly string[]): Promise<string | undefined> {
  const { suggest } = await import('../index.ts');
  return suggest(name, known);
}

async function commandNamed(name: string): Promise<Command> {
  const row = findCommand(name);
  if (!row) {
    const near = await nearest(
      name,
      commandRows.flatMap(known => (known.hidden ? [] : [known.name])),
    );
    throw new CommandFailure(
      `unknown command: "${program} ${name}"${near ? `\nDid you mean "${near}"?` : ''}\nRun '${program} --help' for all commands.`,
    );
  }
  if (!row.load) throw new CommandFailure(`"${name}" is not yet in fig`);
  return row.load();
}

/** Ends the command where the arguments are wrong, or name a flag that fig does not have yet. */
async function understood(table: FlagTable, parsed: Parsed): Promise<Extract<Parsed, { ok: true }>> {
  if (!parsed.ok) {
    const known = Object.keys(table).filter(key => !table[key]?.hidden);
    const near = parsed.unknown === undefined ? undefined : await nearest(parsed.unknown, known.map(flagName));
    throw new CommandFailure(near ? `${parsed.message}\nDid you mean --${near}?` : parsed.message);
  }
  for (const key of parsed.given) {
    const asked = parsed.values[key] !== table[key]?.fallback;
    if (table[key]?.notYet && asked) throw new CommandFailure(`--${flagName(key)} is not yet in fig`);
  }
  return parsed;
}

async function runCommand(command: Command, args: readonly string[], globals: GlobalFlags, surroundings: Surroundings): Promise<number> {
  const parsed = await understood(command.flags, parseFlags(command.flags, args, command.interspersed ?? true));
  if (parsed.help) return showHelp(command.name, surroundings);
  checkCount(command, parsed.rest);
  const context = new Context(surroundings, globals, parsed.values['dryRun'] === true);
  try {
    const flags = parsed.values as never;
    return await command.run({ flags, given: parsed.given, args: parsed.rest, context });
  } catch (error) {
    return await refused(error, context);
  } finally {
    context.close();
  }
}

function checkCount(command: Command, args: readonly string[]): void {
  const rule = command.arguments;
  if (rule === 'none' && args.length > 0) throw new CommandFailure(`unknown command "${args[0]}" for "${program} ${command.name}"`);
  if (rule && rule !== 'none' && args.length < rule.least) {
    throw new CommandFailure(`requires at least ${rule.least} arg(s), only received ${args.length}`);
  }
}

/** A request that the API refused is shown as its diagnostics. The API is loaded by then, for it threw. */
async function refused(error: unknown, context: Context): Promise<number> {
  if (error instanceof CommandFailure) throw error;
  const { Refusal } = await context.api();
  if (!(error instanceof Refusal)) throw error;
  await context.report(error.diagnostics);
  return error.exitCode;
}
