// fig on a real terminal: a pseudo-terminal from util-linux's `script`, which every Debian has.
import { type Running, start } from './process.ts';
import { figPath, type TestProject } from './project.ts';

export interface TerminalOptions {
  readonly columns?: number;
  readonly rows?: number;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly timeoutMs?: number;
}

const quote = (word: string) => `'${word.replaceAll("'", `'\\''`)}'`;

/**
 * Starts `fig ARGS` on a terminal. All it draws is in `stdout`, escape sequences included. `type` sends keys (`\x03` is Ctrl-C);
 * the exit code is fig's own.
 */
export function onTerminal(
  project: TestProject,
  options: TerminalOptions,
  ...args: readonly string[]
): Running & { type(keys: string): void } {
  const { columns = 100, rows = 30, timeoutMs } = options;
  const command = [process.execPath, figPath, ...args].map(quote).join(' ');
  const inner = `stty rows ${rows} cols ${columns} 2>/dev/null; exec ${command}`;
  const env = { ...project.environment({ env: { TERM: 'xterm-256color', SHELL: '/bin/sh', ...options.env } }) };
  const running = start('script', ['-q', '-e', '-f', '-E', 'never', '-c', inner, '/dev/null'], {
    cwd: project.directory,
    env,
    keepInput: true,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  });
  return Object.assign(running, { type: (keys: string) => void running.process.stdin?.write(keys) });
}
