// How a command in a container ended. An engine may close its output a moment before it knows the exit code.
import type { Engine } from './engine.ts';

/** Long enough for an engine under load; a command that closes its output and stays is not waited for any longer. */
const patienceMs = 1000;

/** The exit code of an exec whose output has ended; 0 for one that goes on without output, as the reference counts it. Throws EngineFailure. */
export async function execExitCode(engine: Pick<Engine, 'inspectExec'>, exec: string): Promise<number> {
  for (let waitedMs = 0, stepMs = 5; ; waitedMs += stepMs, stepMs *= 2) {
    const { Running, ExitCode } = await engine.inspectExec(exec);
    if (!Running || waitedMs >= patienceMs) return ExitCode ?? 0;
    await new Promise(resolve => setTimeout(resolve, stepMs));
  }
}
