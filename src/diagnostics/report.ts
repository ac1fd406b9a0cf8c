// Report: the collector that every pass writes to, so that all problems are shown at once and not the first alone.
import type { Span } from '../source/span.ts';
import type { Code } from './codes.ts';
import { severityOf } from './codes.ts';
import type { Diagnostic, Related } from './diagnostic.ts';
import type { Mend } from './mend.ts';

/** The parts of a diagnostic that differ from case to case; the code's registry row gives the severity. */
export interface Finding {
  readonly message: string;
  readonly span?: Span | undefined;
  readonly related?: readonly Related[];
  readonly hint?: string | undefined;
  readonly mend?: Mend | undefined;
}

export interface Report {
  add(code: Code, finding: Finding): void;
  readonly failed: boolean;
  /** Sorted by file (in the order in which files were first mentioned) and offset; diagnostics without a place come first. */
  all(): readonly Diagnostic[];
}

/**
 * A new, empty report. The same code at the same place with the same way out is one slip, though several paths lead to it: through an anchor, or
 * through services that extend one another.
 */
export function createReport(): Report {
  const found: Diagnostic[] = [];
  const seen = new Set<string>();
  const files: string[] = [];
  let failed = false;
  return {
    add(code, finding) {
      const { span, hint, message } = finding;
      const identity = span ? `${code}|${span.file.path}:${span.start}-${span.end}|${hint ?? message}` : `${code}||${message}`;
      if (seen.has(identity)) return;
      seen.add(identity);
      if (finding.span && !files.includes(finding.span.file.path)) files.push(finding.span.file.path);
      const severity = severityOf(code);
      if (severity === 'error') failed = true;
      found.push({
        code,
        severity,
        message: finding.message,
        related: finding.related ?? [],
        ...(finding.span ? { span: finding.span } : {}),
        ...(finding.hint ? { hint: finding.hint } : {}),
        ...(finding.mend ? { mend: finding.mend } : {}),
      });
    },
    get failed() {
      return failed;
    },
    all() {
      const rank = (diagnostic: Diagnostic) => (diagnostic.span ? files.indexOf(diagnostic.span.file.path) : -1);
      return found.toSorted((a, b) => rank(a) - rank(b) || (a.span?.start ?? 0) - (b.span?.start ?? 0));
    },
  };
}
