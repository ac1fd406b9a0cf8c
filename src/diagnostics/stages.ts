// One slip, one diagnostic: a report over a report that remembers where errors are, and drops what later stages say about the same text.
import type { Span } from '../source/span.ts';
import { spanPosition } from '../source/span.ts';
import { severityOf } from './codes.ts';
import type { Report } from './report.ts';

export interface StagedReport extends Report {
  /** From here on, findings at the place of an error found so far are follow-ups, and are dropped. */
  nextStage(): void;
  /** The places of all errors so far. */
  readonly wrong: readonly Span[];
}

/** Watches what goes into `report`. */
export function stagedReport(report: Report): StagedReport {
  const wrong: Span[] = [];
  let settled = 0;
  return {
    add(code, finding) {
      const { span } = finding;
      if (span) {
        for (let i = 0; i < settled; i++) if (isSamePlace(wrong[i]!, span)) return;
        if (severityOf(code) === 'error') wrong.push(span);
      }
      report.add(code, finding);
    },
    get failed() {
      return report.failed;
    },
    all: () => report.all(),
    nextStage() {
      settled = wrong.length;
    },
    wrong,
  };
}

/** Whether `later` is about the text that was wrong: inside it, or around it on the same line. */
function isSamePlace(earlier: Span, later: Span): boolean {
  if (earlier.file.path !== later.file.path) return false;
  if (later.start >= earlier.start && later.end <= earlier.end) return true;
  if (later.start > earlier.start || later.end < earlier.end) return false;
  return spanPosition(later).line === spanPosition({ ...later, start: later.end }).line;
}
