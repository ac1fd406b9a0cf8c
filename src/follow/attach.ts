// The user's terminal connected to a process in a container: raw mode, resizing, detaching, half-closed input; the terminal is always given back.
import type { Duplex, Readable, Writable } from 'node:stream';
import type { Engine } from '../engine/engine.ts';
import { EngineFailure } from '../engine/failure.ts';
import { frameReader } from '../engine/frames.ts';

/** The user's side. main.ts makes it from the process; tests from streams. */
export interface Terminal {
  /** Undefined: nothing is typed, and the process sees no input. */
  readonly stdin: Readable | undefined;
  readonly stdout: Writable;
  readonly stderr: Writable;
  /** stdin and stdout are a terminal. */
  readonly isTerminal: boolean;
  size(): { readonly rows: number; readonly columns: number } | undefined;
  /** Calls back whenever the size changes, until the returned function is called. */
  onResize(changed: () => void): () => void;
  setRaw(raw: boolean): void;
}

export type AttachTarget = { readonly container: string } | { readonly exec: string };

export interface AttachOptions {
  /** The process has a terminal of its own: no frames, raw input, resizing. */
  readonly tty: boolean;
  /** Whether the terminal's stdin is passed on. */
  readonly stdin: boolean;
  /** Begins with what the container has already written. */
  readonly logs?: boolean;
  /** As `ctrl-p,ctrl-q`, which is also the default; empty: there is no way to detach. Only with `tty`. */
  readonly detachKeys?: string;
  /** Called once output can no longer be missed: the place to start a container. */
  readonly attached?: () => Promise<void>;
}

/** `ended`: the engine closed the connection, the process is over. `detached`: the user left, it goes on. `aborted`: the signal came. */
export type AttachEnd = 'ended' | 'detached' | 'aborted';

const defaultDetachKeys = 'ctrl-p,ctrl-q';

/**
 * Connects a terminal to a container (or starts an exec and connects to it) until one side is done. The exit code is asked of the engine
 * afterwards. Throws EngineFailure, with the terminal restored.
 */
export async function attachStreams(
  engine: Engine,
  target: AttachTarget,
  options: AttachOptions,
  terminal: Terminal,
  signal?: AbortSignal,
): Promise<AttachEnd> {
  const input = options.stdin ? terminal.stdin : undefined;
  const keys = options.detachKeys ?? defaultDetachKeys;
  const detach = options.tty && keys ? detachSequence(keys) : undefined;
  const { stream } =
    'exec' in target
      ? await engine.startExec(target.exec, { tty: options.tty, stdin: input !== undefined, detach: false })
      : await engine.attachContainer(target.container, {
          stdin: input !== undefined,
          logs: options.logs ?? false,
          ...(options.detachKeys ? { detachKeys: options.detachKeys } : {}),
        });
  const undo: (() => void)[] = [];
  try {
    const finished = finish(stream, signal, undo);
    showOutput(stream, options.tty, terminal);
    if (options.tty && input && terminal.isTerminal) {
      terminal.setRaw(true);
      undo.push(() => terminal.setRaw(false));
    }
    await options.attached?.();
    if (options.tty) followSize(engine, target, terminal, undo);
    if (input) passInput(input, stream, detach, finished.detached, undo);
    return await finished.end;
  } finally {
    for (const restore of undo.reverse()) restore();
    stream.destroy();
  }
}

/** How the connection comes to its end, whatever comes first. */
function finish(stream: Duplex, signal: AbortSignal | undefined, undo: (() => void)[]) {
  const { promise: end, resolve, reject } = withResolvers<AttachEnd>();
  stream.once('end', () => resolve('ended'));
  stream.once('close', () => resolve('ended'));
  stream.once('error', error => {
    const cause = { cause: error };
    reject(new EngineFailure('unreachable', `the connection to the engine was cut: ${error.message}`, 'attach', undefined, cause));
  });
  // An error may come while nobody waits yet, during `attached`; it is thrown from where the end is awaited.
  end.catch(() => undefined);
  const abort = () => resolve('aborted');
  if (signal?.aborted) abort();
  signal?.addEventListener('abort', abort, { once: true });
  undo.push(() => signal?.removeEventListener('abort', abort));
  return { end, detached: () => resolve('detached') };
}

function withResolvers<T>() {
  let resolve: (value: T) => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

/** Passes output on; reading waits while the terminal's side cannot take more. */
function showOutput(stream: Duplex, tty: boolean, terminal: Terminal): void {
  let slow = 0;
  const write = (to: Writable, bytes: Uint8Array) => {
    if (to.destroyed || to.write(bytes)) return;
    slow++;
    stream.pause();
    to.once('drain', () => {
      if (--slow === 0) stream.resume();
    });
  };
  // Frames come as views into a chunk that node keeps no further hold of, so a slow writer may keep them.
  const take = tty
    ? (chunk: Buffer) => write(terminal.stdout, chunk)
    : frameReader((to, bytes) => write(to === 'stdout' ? terminal.stdout : terminal.stderr, bytes));
  stream.on('data', take);
}

/** Tells the process the size of the user's terminal, now and whenever it changes. */
function followSize(engine: Engine, target: AttachTarget, terminal: Terminal, undo: (() => void)[]): void {
  const resize = async () => {
    const size = terminal.size();
    if (!size || size.rows === 0 || size.columns === 0) return;
    // The engine tells that a process has begun before it can be resized: a few attempts, then the size stays as it is.
    for (let attempt = 0; attempt < 5; attempt++) {
      try {
        if ('exec' in target) return await engine.resizeExec(target.exec, size.rows, size.columns);
        return await engine.resizeContainer(target.container, size.rows, size.columns);
      } catch (error) {
        if (!(error instanceof EngineFailure) || error.kind === 'unreachable') return;
        await new Promise(resolve => setTimeout(resolve, 10 * (attempt + 1)));
      }
    }
  };
  void resize();
  undo.push(terminal.onResize(() => void resize()));
}

/** Passes input on, watching for the keys that detach; its end closes the process's input and leaves its output open. */
function passInput(input: Readable, stream: Duplex, detach: Uint8Array | undefined, detached: () => void, undo: (() => void)[]): void {
  const watch = detach && detachWatcher(detach);
  const pass = (chunk: Buffer | string) => {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    const { send, found } = watch ? watch(bytes) : { send: bytes, found: false };
    if (send.length > 0 && !stream.writableEnded && !stream.write(send)) {
      input.pause();
      stream.once('drain', () => input.resume());
    }
    if (found) detached();
  };
  const close = () => stream.end();
  input.on('data', pass);
  input.once('end', close);
  input.once('error', close);
  if (input.readableEnded) close();
  undo.push(() => {
    input.off('data', pass);
    input.off('end', close);
    input.off('error', close);
    // What is not read any more must not keep the process waiting for a key.
    input.pause();
    (input as { unref?: () => void }).unref?.();
  });
}

/** The bytes of detach keys such as `ctrl-p,ctrl-q` or `ctrl-@,a`. Throws EngineFailure for keys that are none. */
export function detachSequence(keys: string): Uint8Array {
  return Uint8Array.from(
    keys.split(',').map(key => {
      const control = /^ctrl-([a-z@[\\\]^_])$/i.exec(key)?.[1]?.toUpperCase();
      if (control) return control.charCodeAt(0) - 64;
      if (key.length === 1) return key.charCodeAt(0);
      throw new EngineFailure('refused', `invalid detach keys "${keys}"`, 'attach');
    }),
  );
}

/**
 * Looks for the sequence in what is typed. Its beginning is held back until the next key tells whether it was meant:
 * then it is sent after all, or the sequence is complete and nothing of it is sent.
 */
export function detachWatcher(sequence: Uint8Array): (bytes: Uint8Array) => { readonly send: Uint8Array; readonly found: boolean } {
  let matched = 0;
  return bytes => {
    const send: number[] = [];
    for (const byte of bytes) {
      if (byte !== sequence[matched]) {
        send.push(...sequence.subarray(0, matched));
        matched = 0;
      }
      if (byte === sequence[matched]) {
        matched++;
        if (matched === sequence.length) return { send: Uint8Array.from(send), found: true };
      } else send.push(byte);
    }
    return { send: Uint8Array.from(send), found: false };
  };
}
