// Interrupt: how a run is asked to end. The first time, what runs may finish and nothing new starts; the second time, everything ends at once.

export interface Interrupt {
  /** Fires with the first call. */
  readonly asked: AbortSignal;
  /** Fires with the second. */
  readonly forced: AbortSignal;
  interrupt(): void;
}

export function createInterrupt(): Interrupt {
  const asked = new AbortController();
  const forced = new AbortController();
  return {
    asked: asked.signal,
    forced: forced.signal,
    interrupt: () => (asked.signal.aborted ? forced : asked).abort(),
  };
}

/** Calls `then` when the signal fires, or at once where it has fired; the returned function takes that back. */
export function onAbort(signal: AbortSignal, then: () => void): () => void {
  if (signal.aborted) {
    then();
    return () => undefined;
  }
  signal.addEventListener('abort', then, { once: true });
  return () => signal.removeEventListener('abort', then);
}
