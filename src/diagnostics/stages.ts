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
  let places = new Map<string, Places>();
  let placed = 0;
  /** The settled places of a file, sorted anew only where there are more of them: a stage may find thousands of mistakes. */
  const placesOf = (file: string): Places | undefined => {
    if (placed !== settled) {
      const byFile = new Map<string, Span[]>();
      for (const span of wrong.slice(0, settled)) {
        const known = byFile.get(span.file.path);
        if (known) known.push(span);
        else byFile.set(span.file.path, [span]);
      }
      places = new Map([...byFile].map(([path, spans]) => [path, new Places(spans)]));
      placed = settled;
    }
    return places.get(file);
  };
  return {
    add(code, finding) {
      const { span } = finding;
      if (span) {
        if (placesOf(span.file.path)?.hold(span)) return;
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

/** The wrong places of one file, in the order of their starts. */
class Places {
  private readonly starts: readonly number[];
  /** The furthest end among the places up to this one, and the nearest among this one and those after it. */
  private readonly furthest: number[] = [];
  private readonly nearest: number[] = [];

  constructor(spans: readonly Span[]) {
    const sorted = spans.toSorted((a, b) => a.start - b.start);
    this.starts = sorted.map(span => span.start);
    for (const [index, { end }] of sorted.entries()) this.furthest[index] = Math.max(end, this.furthest[index - 1] ?? 0);
    for (const [index, { end }] of [...sorted.entries()].reverse()) this.nearest[index] = Math.min(end, this.nearest[index + 1] ?? end);
  }

  /** Whether a finding is about a text that was wrong: inside it, or around it on the same line. */
  hold(later: Span): boolean {
    if ((this.furthest[this.countBefore(later.start + 1) - 1] ?? -1) >= later.end) return true;
    const isAround = (this.nearest[this.countBefore(later.start)] ?? Number.POSITIVE_INFINITY) <= later.end;
    return isAround && spanPosition(later).line === spanPosition({ ...later, start: later.end }).line;
  }

  /** How many places start before an offset. */
  private countBefore(offset: number): number {
    let low = 0;
    let high = this.starts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.starts[middle]! < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
