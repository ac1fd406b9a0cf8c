// Help: what `--help` prints, made from the command table and each command's flags, in the layout that users of the reference know.
import type { Command } from './command.ts';
import { type Flag, type FlagTable, flagName } from './flags.ts';

/** One row of the overview. */
export interface CommandSummary {
  readonly name: string;
  readonly summary: string;
  readonly hidden?: true;
}

/** The page of one command. `columns` is the width to wrap at: the terminal's, or 80. */
export function commandHelp(program: string, command: Command, columns: number): string {
  const usage = ['Usage: ', program, command.name, ...(command.usage ? [command.usage] : [])].join(' ');
  const description = command.description ? `${command.summary}\n\n${command.description}` : command.summary;
  return `${usage}\n\n${description}\n\nOptions:\n${flagLines(command.flags, columns)}`;
}

/** The page of `fig --help`. */
export function overviewHelp(program: string, flags: FlagTable, commands: readonly CommandSummary[], columns: number): string {
  const shown = commands.filter(command => !command.hidden).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const width = Math.max(...shown.map(command => command.name.length)) + 1;
  return [
    `Usage:  ${program} [OPTIONS] COMMAND`,
    '',
    'Run the services that Compose files describe',
    '',
    'Options:',
    flagLines(flags, columns),
    'Commands:',
    ...shown.map(command => `  ${command.name.padEnd(width)} ${command.summary}`),
    '',
    `Run '${program} COMMAND --help' for more information on a command.`,
    '',
  ].join('\n');
}

/** The flags, sorted by name, with their explanations wrapped beside them. */
function flagLines(table: FlagTable, columns: number): string {
  const rows = Object.entries<Flag>(table)
    .filter(([, flag]) => !flag.hidden)
    .map(([key, flag]) => ({ name: flagName(key), flag }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, flag }) => ({ left: leftColumn(name, flag), right: rightColumn(flag) }));
  const indent = Math.max(...rows.map(row => row.left.length)) + 3;
  return rows.map(row => `${row.left.padEnd(indent)}${wrap(row.right, columns - 1 - indent).join(`\n${' '.repeat(indent)}`)}\n`).join('');
}

function leftColumn(name: string, flag: Flag): string {
  const letter = flag.short ? `  -${flag.short}, ` : '      ';
  return `${letter}--${name}${flag.kind === 'bool' || !flag.placeholder ? '' : ` ${flag.placeholder}`}`;
}

function rightColumn(flag: Flag): string {
  const value = flag.shownDefault ?? (flag.kind === 'bool' && flag.fallback === true ? 'true' : undefined);
  return `${flag.help}${value === undefined ? '' : ` (default ${value})`}${flag.notYet ? ' (not yet in fig)' : ''}`;
}

/** Words on lines of about `width`: a last line may run over by five columns rather than leave one short word alone. */
function wrap(words: string, width: number): readonly string[] {
  const slack = 5;
  const room = Math.max(width, 24) - slack;
  const lines: string[] = [];
  let left = words;
  while (left.length >= room + slack) {
    const cut = left.lastIndexOf(' ', room - 1);
    if (cut <= 0) break;
    lines.push(left.slice(0, cut));
    left = left.slice(cut + 1);
  }
  return [...lines, left];
}
