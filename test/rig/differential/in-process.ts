// fig's command line in this process: the same code from arguments to exit code, without the start of a process for each question.
import { Readable } from 'node:stream';
// Commands load it on demand; a test should not wait for that.
import '../../../src/index.ts';
import { runCli } from '../../../src/cli/cli.ts';
import { named } from '../../../src/model/named.ts';
import type { Output } from '../../../src/view/view.ts';
import type { Answer } from './case.ts';

const buffer = (): Output & { readonly text: () => string } => {
  let told = '';
  return {
    write: text => void (told += String(text)),
    drained: async () => undefined,
    isTerminal: false,
    columns: 80,
    rows: 24,
    text: () => told,
  };
};

const noTerminal = {
  stdin: Readable.from([]),
  get stdout(): never {
    throw new Error('nothing here has a terminal');
  },
  get stderr(): never {
    throw new Error('nothing here has a terminal');
  },
  isTerminal: false,
  size: () => undefined,
  onResize: () => () => undefined,
  setRaw: () => undefined,
};

/** Runs fig in a folder; what would end the process as a bug of fig is thrown. */
export async function figAnswer(
  args: readonly string[],
  directory: string,
  environment: Readonly<Record<string, string>>,
): Promise<Answer> {
  const stdout = buffer();
  const stderr = buffer();
  const code = await runCli({
    arguments: args,
    calledAs: 'fig',
    version: '0',
    workingDirectory: directory,
    environment: named(Object.entries(environment)),
    home: environment['HOME'] ?? '/root',
    stdin: { stream: Readable.from([]), isTerminal: false },
    stdout,
    stderr,
    terminal: noTerminal,
    now: () => 0,
    after: () => new Promise<never>(() => undefined),
    onInterrupt: () => () => undefined,
    onSignal: () => () => undefined,
  });
  return { code, stdout: stdout.text(), stderr: stderr.text() };
}
