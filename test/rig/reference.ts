// The reference, Docker Compose v5.5.1, run as fig is run: for conformance with the real thing where it is at hand.
import type { Result, RunOptions } from './process.ts';
import { run } from './process.ts';

/** The path of the reference's binary; undefined where the machine has none. scripts/test.mjs sets it and says when it is missing. */
export const referencePath: string | undefined = process.env['FIG_REFERENCE'];

/** For `describe.skipIf`: the reason is printed by scripts/test.mjs, and the last line counts what was skipped. */
export const withoutReference = referencePath === undefined;

/** Runs the reference to its end. */
export function reference(args: readonly string[], options: RunOptions): Promise<Result> {
  if (!referencePath) throw new Error('no reference: set FIG_REFERENCE to the binary of Docker Compose v5.5.1');
  return run(referencePath, args, options);
}
