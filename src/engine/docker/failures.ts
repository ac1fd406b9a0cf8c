// The one translation of everything that can go wrong with a call into EngineFailure.
import { EngineFailure, type FailureKind } from '../failure.ts';

const cutCodes = new Set(['ECONNRESET', 'EPIPE', 'ECONNABORTED', 'ETIMEDOUT', 'ERR_STREAM_PREMATURE_CLOSE', 'HPE_INVALID_EOF_STATE']);

/** What the system says when a connection cannot be opened, or breaks. `url` is the engine's address as shown. */
export function connectionFailure(error: unknown, call: string, url: string): EngineFailure {
  if (error instanceof EngineFailure) return error;
  const { code = '', message = String(error), name = '' } = error as Partial<NodeJS.ErrnoException>;
  const fail = (kind: FailureKind, text: string) => new EngineFailure(kind, text, call, undefined, { cause: error });
  if (name === 'AbortError' || code === 'ABORT_ERR') return fail('aborted', 'the call was ended');
  if (code === 'EACCES' || code === 'EPERM') return fail('denied', `permission denied while trying to connect to the docker API at ${url}`);
  if (cutCodes.has(code)) return fail('unreachable', `the connection to the engine at ${url} was cut: ${message}`);
  if (url.startsWith('tcp:') && code === 'ECONNREFUSED')
    return fail('unreachable', `Cannot connect to the Docker daemon at ${url}. Is the docker daemon running?`);
  return fail(
    'unreachable',
    `failed to connect to the docker API at ${url}; check if the path is correct and if the daemon is running: ${message}`,
  );
}

/** The engine ended a stream that had no end of its own. */
export function cutShort(call: string, url: string): EngineFailure {
  return new EngineFailure('unreachable', `the connection to the engine at ${url} was cut`, call);
}

// Which words of the engine and of registries mean which kind; the first that fits. Engines give several of these the status 500.
const wordings: readonly (readonly [RegExp, FailureKind])[] = [
  [/port is already allocated|address already in use|ports are not available|failed to bind (host )?port/i, 'port-in-use'],
  [/no such image/i, 'image-missing'],
  [
    /pull access denied|unauthorized|authentication required|no basic auth credentials|manifest unknown|access to the resource is denied|repository does not exist|toomanyrequests/i,
    'pull-denied',
  ],
  [/client version \S+ is too (old|new)/i, 'too-old'],
  [/has active endpoints/i, 'conflict'],
];

/**
 * An answer that is an error. `message` is the engine's own sentence and is kept as it is. 403 is no lack of rights to the socket, which
 * did answer: it is how the engine refuses what is not possible now, or how one of its plugins does.
 */
export function answerFailure(status: number | undefined, message: string, call: string, cause?: unknown): EngineFailure {
  const kind =
    wordings.find(([pattern]) => pattern.test(message))?.[1] ?? (status === 404 ? 'not-found' : status === 409 ? 'conflict' : 'refused');
  return new EngineFailure(kind, message, call, status, cause === undefined ? undefined : { cause });
}

/** The sentence in the body of an error answer: its `message`, or the body as it is. */
export function answerMessage(body: string, status: number): string {
  try {
    const { message } = JSON.parse(body) as { message?: unknown };
    if (typeof message === 'string' && message) return message.trim();
  } catch {
    // Proxies in front of an engine answer in plain text.
  }
  return body.trim() || `the engine answered with status ${status}`;
}

/** A rejection of dockerode: its own decoration of the engine's sentence is taken off. */
export function dockerodeFailure(error: unknown, call: string, url: string): EngineFailure {
  const { statusCode, reason, message } = error as { statusCode?: number; reason?: string; message?: string };
  if (statusCode === undefined || message === undefined) return connectionFailure(error, call, url);
  const decoration = `(HTTP code ${statusCode}) ${reason ?? 'unexpected'} - `;
  const sentence = message.startsWith(decoration) ? message.slice(decoration.length) : message;
  return answerFailure(statusCode, sentence.trim(), call, error);
}
