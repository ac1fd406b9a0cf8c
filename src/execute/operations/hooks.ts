// Hooks: a command in a container after it started or before it stops. What it prints is progress; its end decides.
import { StringDecoder } from 'node:string_decoder';
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
/** So many characters without a line feed are not kept any longer. */
const longestUnended = 64 * 1024;

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
  const channels = { stdout: channelReader(tell), stderr: channelReader(tell) };
  return {
    read: (channel: 'stdout' | 'stderr', bytes: Buffer): void => channels[channel].read(bytes),
    /** The last lines, once all is read. */
    end(): string {
      const [stdout, stderr] = [channels.stdout.end(), channels.stderr.end()];
      return lastLines(stderr.trim() === '' ? stdout : stderr, tailLines).join('\n');
    },
  };
}

/** Bytes of one channel, cut anywhere, to lines. A line that grows beyond all measure is told in pieces. */
function channelReader(tell: (line: string) => void) {
  const decoder = new StringDecoder('utf8');
  let tail = '';
  let unended = '';
  let inPieces = false;
  const take = (text: string): void => {
    tail = (tail + text).slice(-tailBytes);
    const [first = '', ...more] = text.split('\n');
    unended += first;
    for (const next of more) {
      if (unended !== '' || !inPieces) tell(unended);
      unended = next;
      inPieces = false;
    }
    if (unended.length < longestUnended) return;
    tell(unended);
    unended = '';
    inPieces = true;
  };
  return {
    // The frame's bytes are a view, good for the call only; the decoder copies what it keeps.
    read: (bytes: Buffer): void => take(decoder.write(bytes)),
    /** Tells a last line without its end. The last of all that was read. */
    end(): string {
      take(decoder.end());
      if (unended !== '') tell(unended);
      return tail;
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
