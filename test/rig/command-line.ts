// fig's command line in the test's own process: arguments in, output and exit code out. For what needs neither the build nor an engine.
import { PassThrough } from 'node:stream';
import { runCli } from '../../src/cli/cli.ts';
import type { Surroundings } from '../../src/cli/surroundings.ts';
import type { Output } from '../../src/view/view.ts';

/** A stream that keeps what is written to it. */
function capture(): Output & { text: string } {
  return {
    text: '',
    write(text) {
      this.text += typeof text === 'string' ? text : new TextDecoder().decode(text);
    },
    drained: async () => {},
    isTerminal: false,
    columns: 80,
    rows: 24,
  };
}

/** Runs `fig ARGS` with nothing around it but what `overrides` says: no environment, no terminal, no signals. */
export async function fig(args: readonly string[], overrides: Partial<Surroundings> = {}) {
  const [stdout, stderr] = [capture(), capture()];
  const stream = new PassThrough();
  const code = await runCli({
    arguments: args,
    calledAs: 'fig',
    version: '1.2.3',
    workingDirectory: '/nowhere',
    environment: {},
    home: '/nowhere',
    stdin: { stream, isTerminal: false },
    stdout,
    stderr,
    terminal: {
      stdin: stream,
      stdout: stream,
      stderr: stream,
      isTerminal: false,
      size: () => undefined,
      onResize: () => () => {},
      setRaw: () => {},
    },
    now: () => 0,
    after: () => new Promise<never>(() => undefined),
    onInterrupt: () => () => {},
    onSignal: () => () => {},
    ...overrides,
  });
  return { code, stdout: stdout.text, stderr: stderr.text };
}
