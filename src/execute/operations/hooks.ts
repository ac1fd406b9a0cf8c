// Hooks: a command in a container after it started or before it stops. What it prints is progress; its end decides.
import { invariant } from '../../diagnostics/invariant.ts';
import type { Engine } from '../../engine/engine.ts';
import { execExitCode } from '../../engine/exec-result.ts';
import { EngineFailure } from '../../engine/failure.ts';
import { frameReader } from '../../engine/frames.ts';
import { execPayload } from '../../engine/payload/exec.ts';
import { lastLines } from '../evidence.ts';
import { StepFailure } from '../failure.ts';
import { onAbort } from '../interrupt.ts';
import type { Performer } from '../performer.ts';
import { serviceIn } from '../service-in.ts';

/** As much of a hook's output as its failure shows. */
const tailBytes = 2048;
const tailLines = 10;

/** Runs one hook to its end. A stopped or removed container needs no `pre_stop` any more. Fails with the last lines of what it printed. */
export const runHook: Performer<'hook.run'> = async (operation, { engine, project, hookSaid }, { resolve, progress, signal }) => {
  const { service, hook, index } = operation;
  const command = serviceIn(project, service)[hook]?.[index];
  invariant(command, `${service} has no ${hook}[${index}]`);
  const id = resolve(operation.container);
  const payload = execPayload({
    command: command.command ?? [],
    environment: command.environment,
    user: command.user,
    workingDirectory: command.working_dir,
    privileged: command.privileged,
    tty: false,
    stdin: false,
  });
  const tell = (line: string) => {
    progress({ text: line });
    hookSaid?.({ service, container: operation.container.name }, line);
  };
  try {
    const { code, output } = await runToEnd(engine, id, payload, tell, signal);
    if (code === 0) return undefined;
    throw new StepFailure('execute.hook-failed', `${service} hook exited with status ${code}${output === '' ? '' : `: ${output}`}`);
  } catch (failure) {
    const gone = failure instanceof EngineFailure && (failure.kind === 'not-found' || failure.kind === 'conflict');
    if (hook === 'pre_stop' && gone) return undefined;
    throw failure;
  }
};

/** Tells the lines of a hook as they end, and keeps the last of them: those of stderr, or where there are none those of stdout. */
export function hookTail(tell: (line: string) => void) {
  const tails = { stdout: '', stderr: '' };
  const unended = { stdout: '', stderr: '' };
  return {
    read(channel: 'stdout' | 'stderr', bytes: Buffer): void {
      const text = Buffer.from(bytes).toString('utf8');
      tails[channel] = (tails[channel] + text).slice(-tailBytes);
      const lines = (unended[channel] + text).split('\n');
      unended[channel] = lines.pop() ?? '';
      for (const line of lines) tell(line);
    },
    /** The last lines, once all is read. */
    end(): string {
      for (const line of Object.values(unended)) if (line !== '') tell(line);
      return lastLines(tails.stderr.trim() === '' ? tails.stdout : tails.stderr, tailLines).join('\n');
    },
  };
}

async function runToEnd(
  engine: Engine,
  container: string,
  payload: ReturnType<typeof execPayload>,
  tell: (line: string) => void,
  signal: AbortSignal,
): Promise<{ readonly code: number; readonly output: string }> {
  const exec = await engine.createExec(container, payload);
  const { stream } = await engine.startExec(exec, { tty: false, stdin: false, detach: false });
  const forget = onAbort(signal, () => stream.destroy());
  const tail = hookTail(tell);
  const read = frameReader(tail.read);
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) read(chunk);
    if (signal.aborted) throw signal.reason;
  } catch (failure) {
    // Streams that are cut say so in words of their own, depending on who made them.
    if (signal.aborted) throw signal.reason;
    throw new EngineFailure('unreachable', 'the connection to the engine was cut', 'POST /exec/start', undefined, { cause: failure });
  } finally {
    forget();
  }
  return { code: await execExitCode(engine, exec), output: tail.end() };
}
