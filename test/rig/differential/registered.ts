// The rows of docs/differences.md that a differential run meets: where fig may answer otherwise, told by what the reference says or prints.
import type { Answer } from './case.ts';

interface Registered {
  /** Words of the row's first column. */
  readonly row: string;
  readonly applies: (reference: Answer, fig: Answer, files: string, question: readonly string[]) => boolean;
}

const refusal =
  (words: RegExp) =>
  (reference: Answer, fig: Answer): boolean =>
    reference.code !== 0 && fig.code === 0 && words.test(reference.stderr);

export const registered: readonly Registered[] = [
  {
    row: '`pid:` without a value',
    applies: (reference, _, files) => /panic|nil pointer|goroutine/.test(reference.stderr) && /pid:/.test(files),
  },
  { row: 'names such as `x-trace`', applies: reference => reference.stdout.includes('#extensions') },
  { row: '`config --format json` with `build.ssh`', applies: refusal(/invalid character .*(?:after|looking)|error calling MarshalJSON/) },
  { row: '`cpus`, `mem_limit`', applies: refusal(/can't set distinct values on '(?:cpus|mem_limit|mem_reservation|pids_limit)'/) },
  {
    row: '`config --variables` of a file',
    applies: (reference, fig, _, question) => question.includes('--variables') && reference.code !== 0 && fig.code === 0,
  },
  { row: '`config --no-interpolate` of a volume', applies: refusal(/validation\.checkExternal/) },
  {
    row: '`config --no-interpolate` with a limit',
    applies: (reference, fig, _, question) =>
      question.includes('--no-interpolate') && refusal(/ulimits.*(?:invalid type|must be)|UlimitsConfig/)(reference, fig),
  },
  { row: 'limits in quotes under `build.ulimits`', applies: refusal(/build\.ulimits.*invalid type string|types\.\(\*UlimitsConfig\)/) },
  { row: 'a number in `driver_opts` of a secret', applies: refusal(/'secrets\[.*driver_opts.*unconvertible type/) },
  { row: 'a number as an additional context', applies: refusal(/UlimitsConfig|additional_contexts/) },
  { row: 'lists with the same entry twice', applies: refusal(/(?:extra_hosts|labels) must be a mapping/) },
  {
    row: 'a file with its services at the top level',
    applies: (reference, fig, files) => refusal(/additional properties/)(reference, fig) && !/^services:/m.test(files),
  },
  { row: 'a device in long form without `target`', applies: refusal(/device.*(?:target|missing)/i) },
];

/** The row that allows the difference, where one does. */
export const rowFor = (reference: Answer, fig: Answer, files: string, question: readonly string[]): string | undefined =>
  registered.find(({ applies }) => applies(reference, fig, files, question))?.row;
