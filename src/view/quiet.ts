// The view that shows nothing: `--progress quiet`. Errors are printed by the command itself.
import type { View } from './view.ts';

/** Shows nothing at all. */
export const quietView: View = { show: () => {}, close: async () => {} };
