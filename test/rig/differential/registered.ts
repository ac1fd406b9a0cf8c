// The rows of docs/differences.md that a differential run meets: where fig may answer otherwise, told by what the reference says or prints.
import type { Answer } from './case.ts';

interface Registered {
  /** Words of the row's first column. */
  readonly row: string;
  readonly applies: (reference: Answer, fig: Answer, files: string) => boolean;
}

const refusal =
  (words: RegExp): Registered['applies'] =>
  (reference, fig) =>
    reference.code !== 0 && fig.code === 0 && words.test(reference.stderr);

export const registered: readonly Registered[] = [
  {
    row: '`pid:` without a value',
    applies: (reference, _, files) => /panic|nil pointer|goroutine/.test(reference.stderr) && /pid:/.test(files),
  },
  { row: 'names such as `x-trace`', applies: reference => reference.stdout.includes('#extensions') },
  { row: '`config --format json` with `build.ssh`', applies: refusal(/invalid character .*(?:after|looking)|error calling MarshalJSON/) },
  { row: '`cpus`, `mem_limit`', applies: refusal(/can't set distinct values on '(?:cpus|mem_limit|mem_reservation|pids_limit)'/) },
  { row: 'a device in long form without `target`', applies: refusal(/device.*(?:target|missing)/i) },
];

/** The row that allows the difference, where one does. */
export const rowFor = (reference: Answer, fig: Answer, files: string): string | undefined =>
  registered.find(({ applies }) => applies(reference, fig, files))?.row;
