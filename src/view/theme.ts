// Theme: the only place that knows colour codes. chalk is loaded once a coloured view is chosen, and never for plain ones.

export interface Theme {
  readonly error: (text: string) => string;
  readonly warning: (text: string) => string;
  readonly done: (text: string) => string;
  readonly busy: (text: string) => string;
  readonly time: (text: string) => string;
  readonly bold: (text: string) => string;
  readonly faint: (text: string) => string;
  readonly place: (text: string) => string;
}

const same = (text: string) => text;

/** No colours at all. */
export const plainTheme: Theme = {
  error: same,
  warning: same,
  done: same,
  busy: same,
  time: same,
  bold: same,
  faint: same,
  place: same,
};

/** Colours for a terminal; only the sixteen that every terminal has and lets its user choose. */
export async function colourTheme(): Promise<Theme> {
  const { Chalk } = await import('chalk');
  const chalk = new Chalk({ level: 1 });
  return {
    error: chalk.red,
    warning: chalk.yellow,
    done: chalk.green,
    busy: chalk.cyan,
    time: chalk.blue,
    bold: chalk.bold,
    faint: chalk.dim,
    place: chalk.cyan,
  };
}

/** Where the cursor goes; the live view writes these and nothing else. */
export const cursor = {
  up: (lines: number) => (lines > 0 ? `\u001b[${lines}A` : ''),
  down: (lines: number) => (lines > 0 ? `\u001b[${lines}B` : ''),
  clearLine: '\u001b[2K',
  clearBelow: '\u001b[0J',
  hide: '\u001b[?25l',
  show: '\u001b[?25h',
} as const;

/** A colour sequence for bytes that are put together beforehand, as the prefixes of log lines; the empty code ends colours. */
export function sgr(code: string): string {
  return `\u001b[${code || '0'}m`;
}
