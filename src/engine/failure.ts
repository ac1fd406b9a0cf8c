// EngineFailure: how a call to the engine can go wrong. Thrown by engine/docker, caught once: in execute.ts for a step, in api/ for a query.

export type FailureKind =
  /** Nothing answers, or the connection was cut in mid-call. */
  | 'unreachable'
  /** The socket may not be opened by this user. */
  | 'denied'
  | 'too-old'
  | 'not-found'
  | 'conflict'
  | 'port-in-use'
  | 'image-missing'
  | 'pull-denied'
  | 'build-failed'
  /** The call was ended by fig's own signal. */
  | 'aborted'
  | 'refused';

export class EngineFailure extends Error {
  override readonly name = 'EngineFailure';
  readonly kind: FailureKind;
  /** HTTP status, where the engine answered. */
  readonly status: number | undefined;
  /** What was asked, as `POST /containers/create`; for the debug log, never for users alone. */
  readonly call: string;

  /** `message` is the engine's own sentence where it gave one. */
  constructor(kind: FailureKind, message: string, call: string, status?: number, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
    this.call = call;
    this.status = status;
  }
}
