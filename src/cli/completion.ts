// Completion: the words that may follow on a command line, and the scripts that let a shell ask for them.
import type { Command } from './command.ts';
import { commandRows, findCommand } from './commands/table.ts';
import { type Flag, type FlagTable, flagName } from './flags.ts';
import { globalFlags } from './project-flags.ts';

/** One proposal. */
export interface Candidate {
  readonly word: string;
  readonly help: string;
}

/**
 * What may stand in the place of the last of `words` (which may be empty). `services` is asked only where a service may stand.
 * Empty where files should be proposed, or nothing is known.
 */
export async function candidates(words: readonly string[], services: () => Promise<readonly string[]>): Promise<readonly Candidate[]> {
  const before = words.slice(0, -1);
  const start = words.at(-1) ?? '';
  const place = locate(before);
  if (place.expectsValue) return [];
  if (place.name === undefined) return matching(start.startsWith('-') ? flagCandidates(globalFlags) : commandCandidates(), start);
  const command = await findCommand(place.name)?.load?.();
  if (!command) return [];
  if (expectsValue(command.flags, before.at(-1) ?? '')) return [];
  if (start.startsWith('-')) return matching(flagCandidates(command.flags), start);
  return command.completes === 'services' ? matching(await serviceCandidates(command, services), start) : [];
}

/** Where in the line the shell is: still before the command, or behind its name. */
function locate(words: readonly string[]): { readonly name?: string; readonly expectsValue: boolean } {
  for (let at = 0; at < words.length; at++) {
    const word = words[at] as string;
    if (!word.startsWith('-')) return { name: word, expectsValue: false };
    if (!expectsValue(globalFlags, word)) continue;
    if (at === words.length - 1) return { expectsValue: true };
    at++;
  }
  return { expectsValue: false };
}

/** Whether a word is a flag whose value comes as the next word. */
function expectsValue(table: FlagTable, word: string): boolean {
  if (!word.startsWith('-') || word.includes('=')) return false;
  const found = Object.entries(table).find(([key, flag]) => word === `--${flagName(key)}` || word === `-${flag.short}`);
  return found !== undefined && found[1].bareValue === undefined;
}

function matching(all: readonly Candidate[], start: string): readonly Candidate[] {
  return all.filter(({ word }) => word.startsWith(start));
}

function commandCandidates(): readonly Candidate[] {
  return commandRows.filter(row => !row.hidden).map(({ name, summary }) => ({ word: name, help: summary }));
}

function flagCandidates(table: FlagTable): readonly Candidate[] {
  return Object.entries<Flag>(table)
    .filter(([, flag]) => !flag.hidden && !flag.notYet)
    .map(([key, flag]) => ({ word: `--${flagName(key)}`, help: flag.help }));
}

async function serviceCandidates(command: Command, services: () => Promise<readonly string[]>): Promise<readonly Candidate[]> {
  return (await services()).map(word => ({ word, help: command.summary }));
}

export type Shell = 'bash' | 'zsh' | 'fish';

/** The script that makes a shell ask `fig __complete`. */
export function completionScript(shell: Shell): string {
  return scripts[shell];
}

const scripts: Readonly<Record<Shell, string>> = {
  bash: `_fig() {
  local line
  COMPREPLY=()
  while IFS= read -r line; do
    COMPREPLY+=("\${line%%$'\\t'*}")
  done < <(fig __complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o default -F _fig fig
`,
  zsh: `#compdef fig
_fig() {
  local -a found
  local line
  while IFS= read -r line; do
    found+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done < <(fig __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)
  if (( \${#found} )); then _describe fig found; else _files; fi
}
compdef _fig fig
`,
  fish: `function __fig_complete
  set -l words (commandline -opc) (commandline -ct)
  fig __complete -- $words[2..-1] 2>/dev/null
end
complete -c fig -f -a '(__fig_complete)'
complete -c fig -n 'not count (__fig_complete) >/dev/null' -F
`,
};
