// Refusal: what a query or a stream of the API throws when the request cannot be met. A run reports the same in its outcome instead.
import type { Code } from '../diagnostics/codes.ts';
import { severityOf } from '../diagnostics/codes.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { EngineFailure } from '../engine/failure.ts';
import { diagnosticOf } from '../execute/failure.ts';

export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly diagnostics: readonly Diagnostic[];
  readonly exitCode: number;

  constructor(diagnostics: readonly Diagnostic[], exitCode = 1) {
    super(diagnostics.map(({ message }) => message).join('\n'));
    this.diagnostics = diagnostics;
    this.exitCode = exitCode;
  }
}

/** A refusal with one diagnostic. */
export function refuse(code: Code, message: string, hint?: string): Refusal {
  return new Refusal([{ code, severity: severityOf(code), message, related: [], ...(hint ? { hint } : {}) }]);
}

/** Runs a query; a failure of the engine becomes a Refusal, anything else flies on. */
export async function answered<T>(query: () => Promise<T>): Promise<T> {
  try {
    return await query();
  } catch (failure) {
    if (failure instanceof EngineFailure) throw new Refusal([diagnosticOf(failure)]);
    throw failure;
  }
}
