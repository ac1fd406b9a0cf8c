// The exit code of an exec, from an engine that knows it late.
import { expect, test } from 'vitest';
import { execExitCode } from '../../../src/engine/exec-result.ts';

/** An engine that gives these answers in turn, and the last one from then on. */
function answering(...answers: readonly { readonly Running: boolean; readonly ExitCode: number | null }[]) {
  let asked = 0;
  const last = answers.length - 1;
  return {
    inspectExec: async () => ({ Pid: 1, Running: false, ExitCode: null, ...answers[Math.min(asked++, last)] }),
    asked: () => asked,
  };
}

test('a code that the engine knows only a moment later is waited for', async () => {
  const engine = answering({ Running: true, ExitCode: null }, { Running: true, ExitCode: null }, { Running: false, ExitCode: 7 });
  expect(await execExitCode(engine, 'x')).toBe(7);
  expect(engine.asked()).toBe(3);
});

test('a command that goes on without output is not waited for without end', async () => {
  const engine = answering({ Running: true, ExitCode: null });
  expect(await execExitCode(engine, 'x')).toBe(0);
});
