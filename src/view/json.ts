// The machine's view: one JSON object a change, with the reference's keys (`--progress json`).
import type { Output, View } from './view.ts';
import { createWording, type Notice } from './wording.ts';

const statuses = { working: 'Working', done: 'Done', warning: 'Warning', error: 'Error' } as const;

/** Objects to `progress` (stderr), one a line. */
export function jsonView(progress: Output, options: { readonly dryRun: boolean }): View {
  const wording = createWording();
  return {
    show(event) {
      for (const notice of wording.notices(event)) progress.write(`${JSON.stringify(record(notice, options.dryRun))}\n`);
    },
    close: () => progress.drained(),
  };
}

function record(notice: Notice, dryRun: boolean): Record<string, unknown> {
  const { id, parent, status, text, details, done, total } = notice;
  return {
    ...(dryRun ? { 'dry-run': true } : {}),
    id,
    ...(parent === undefined ? {} : { parent_id: parent }),
    status: statuses[status],
    text,
    ...(details === undefined ? {} : { details }),
    ...(done === undefined ? {} : { current: done }),
    ...(total === undefined ? {} : { total, percent: total > 0 ? Math.floor(((done ?? 0) * 100) / total) : 0 }),
  };
}
