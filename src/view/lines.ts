// The plain view: one line a change, byte for byte as scripts know it: a space, the subject, the word, a space, the details.
import type { Output, View } from './view.ts';
import { createWording, type Notice } from './wording.ts';

/** Lines to `progress` (stderr). What a build prints is a result: it goes to `results` (stdout), a line each, with no subject in front. */
export function linesView(progress: Output, results: Output): View {
  const wording = createWording();
  const last = new Map<string, string>();
  return {
    show(event) {
      const notices = wording.notices(event);
      if (event.type === 'step.progressed' && wording.progress.steps.get(event.step)?.says === 'result') {
        for (const { text } of notices) results.write(`${text}\n`);
        return;
      }
      for (const notice of notices) {
        if (notice.parent !== undefined && last.get(notice.id) === notice.text) continue;
        last.set(notice.id, notice.text);
        progress.write(line(notice));
      }
    },
    async close() {
      await Promise.all([progress.drained(), results.drained()]);
    },
  };
}

/** ` Container shop-web-1 Created ` and a line end. */
export function line({ id, text, details }: Notice): string {
  return ` ${id} ${text} ${details ?? ''}\n`;
}
