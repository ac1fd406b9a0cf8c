// What flows: logs over the direct client; attached processes and archives through dockerode.
import type { Duplex, Readable } from 'node:stream';
import type { Engine } from '../engine.ts';
import { EngineFailure } from '../failure.ts';
import type { LazyDockerode } from './dockerode.ts';
import type { HttpClient } from './http.ts';
import { timestamp } from './timestamp.ts';

type StreamCalls = Pick<Engine, 'logs' | 'attachContainer' | 'startExec' | 'getArchive' | 'putArchive'>;

/** The stream part of the Engine port. */
export function streamCalls(client: HttpClient, dockerode: LazyDockerode): StreamCalls {
  return {
    logs: async (id, options, signal) =>
      client.open({
        method: 'GET',
        path: `/containers/${encodeURIComponent(id)}/logs`,
        query: {
          follow: options.follow ? 1 : undefined,
          stdout: options.stdout ? 1 : undefined,
          stderr: options.stderr ? 1 : undefined,
          timestamps: options.timestamps ? 1 : undefined,
          tail: options.tail,
          since: timestamp('since', options.since),
          until: timestamp('until', options.until),
        },
        signal,
      }),

    attachContainer: (id, { stdin, logs, detachKeys }) =>
      dockerode.use(`POST /containers/${id}/attach`, async docker => {
        const options = { stream: true, hijack: true, stdin, stdout: true, stderr: true, logs, ...(detachKeys ? { detachKeys } : {}) };
        return { stream: (await docker.getContainer(id).attach(options)) as Duplex };
      }),

    startExec: (id, { tty, stdin }) =>
      dockerode.use(`POST /exec/${id}/start`, async docker => {
        // dockerode's `stdin` keeps the request open; without it the process would see its input end at once, and that is the caller's to do.
        return { stream: await docker.getExec(id).start({ hijack: true, stdin, Tty: tty }) };
      }),

    getArchive: (id, path) =>
      dockerode.use(`GET /containers/${id}/archive`, async docker => (await docker.getContainer(id).getArchive({ path })) as Readable),

    async putArchive(id, path, tar, options = {}) {
      const query = { path, ...(options.copyUidGid ? { copyUIDGID: 'true' } : {}) };
      const broken = Buffer.isBuffer(tar) ? undefined : sourceFailure(tar);
      await dockerode
        .use(`PUT /containers/${id}/archive`, docker => docker.getContainer(id).putArchive(tar, query))
        .catch(error => {
          throw broken?.() ?? error;
        });
    },
  };
}

/** Watches a stream that is sent to the engine: an error of its own must not be taken for one of the connection. */
export function sourceFailure(source: Readable): () => EngineFailure | undefined {
  let failure: EngineFailure | undefined;
  source.once('error', error => {
    failure = error instanceof EngineFailure ? error : new EngineFailure('refused', error.message, 'read', undefined, { cause: error });
  });
  return () => failure;
}
