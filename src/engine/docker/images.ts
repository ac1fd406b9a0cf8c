// Images: inspection and removal over the direct client; pulls and builds through dockerode, with the credentials of their registries.
import type { Readable } from 'node:stream';
import type Dockerode from 'dockerode';
import type { Engine, ImageDetails, ProgressLine } from '../engine.ts';
import { EngineFailure } from '../failure.ts';
import type { Credentials } from './credentials.ts';
import type { LazyDockerode } from './dockerode.ts';
import { answerFailure, connectionFailure } from './failures.ts';
import { compareVersions, type HttpClient } from './http.ts';
import { jsonLines } from './json-lines.ts';
import { sourceFailure } from './streams.ts';

/** The API version from which an inspection lists the manifests of an image's platforms. */
const manifestsSince = '1.48';

type ImageCalls = Pick<Engine, 'inspectImage' | 'removeImage' | 'pullImage' | 'buildImage'>;

/** The image part of the Engine port. */
export function imageCalls(client: HttpClient, dockerode: LazyDockerode, credentials: Credentials): ImageCalls {
  // The slashes of a reference stay as they are: engines match them as part of the name.
  const at = (reference: string) => `/images/${reference.split('/').map(encodeURIComponent).join('/')}`;

  async function progress(stream: Readable, call: string, onLine: (line: ProgressLine) => void, signal?: AbortSignal): Promise<void> {
    try {
      for await (const line of jsonLines<ProgressLine>(stream)) {
        if (line.error !== undefined) throw answerFailure(undefined, line.error, call);
        onLine(line);
      }
    } catch (error) {
      if (signal?.aborted) throw new EngineFailure('aborted', 'the call was ended', call, undefined, { cause: error });
      if (error instanceof SyntaxError) throw new EngineFailure('unreachable', 'progress arrived torn', call, undefined, { cause: error });
      throw connectionFailure(error, call, client.address().url);
    }
  }

  return {
    async inspectImage(reference) {
      const path = `${at(reference)}/json`;
      const listsManifests = () => compareVersions(client.knownVersion() ?? '0', manifestsSince) >= 0;
      const askMore = () => client.json<ImageDetails>({ method: 'GET', path, query: { manifests: 1 } });
      try {
        if (listsManifests()) return await askMore();
        // As a first call it saves the ping; where its answer tells of a newer engine, that one is asked for more.
        const details = await client.json<ImageDetails>({ method: 'GET', path, anyVersion: true });
        return listsManifests() ? await askMore() : details;
      } catch (error) {
        if (error instanceof EngineFailure && error.status === 404) return undefined;
        throw error;
      }
    },

    removeImage: reference => client.json<void>({ method: 'DELETE', path: at(reference) }),

    async pullImage(reference, platform, onLine, signal) {
      const call = 'POST /images/create';
      const authconfig = await credentials.forImage(reference);
      const stream = await dockerode.use(call, docker =>
        docker.createImage((authconfig ?? {}) as object, {
          ...splitReference(reference),
          ...(platform ? { platform } : {}),
          ...(signal ? { abortSignal: signal } : {}),
        }),
      );
      await progress(stream as Readable, call, onLine, signal);
    },

    async buildImage(context, query, onLine, signal) {
      const call = 'POST /build';
      const { version: _, ...rest } = query; // dockerode's own handling of version 2 can end the process
      const broken = sourceFailure(context);
      let id: string | undefined;
      try {
        // Typed for names with passwords; the engine takes tokens in the same place.
        const registryconfig = (await credentials.all()) as Dockerode.RegistryConfig;
        const options = { ...rest, registryconfig, ...(signal ? { abortSignal: signal } : {}) };
        const stream = await dockerode.use(call, docker => docker.buildImage(context, options));
        await progress(
          stream as Readable,
          call,
          line => {
            id = builtId(line, id);
            onLine(line);
          },
          signal,
        );
      } catch (error) {
        throw buildFailure(broken() ?? error, call);
      }
      if (id === undefined) throw new EngineFailure('build-failed', 'the build ended without an image', call);
      return id;
    },
  };
}

/** Everything the builder or a registry says against a build is a failed build; a lost engine stays a lost engine. */
function buildFailure(error: unknown, call: string): unknown {
  if (!(error instanceof EngineFailure) || ['unreachable', 'aborted', 'denied', 'too-old'].includes(error.kind)) return error;
  return new EngineFailure('build-failed', error.message, call, error.status, { cause: error });
}

/** The image id as far as build progress has told it: the builder's own record, or the short id in the sentence of builders that keep none. */
function builtId(line: ProgressLine, known: string | undefined): string | undefined {
  const { ID } = (line.aux ?? {}) as { ID?: unknown };
  if (typeof ID === 'string') return ID;
  return known ?? /^Successfully built (\S+)/.exec(line.stream ?? '')?.[1];
}

/** `repository:tag` or `repository@digest` as the pull call takes it; without either the tag is `latest`. */
export function splitReference(reference: string): { readonly fromImage: string; readonly tag: string } {
  const digest = reference.indexOf('@');
  if (digest !== -1) return { fromImage: reference.slice(0, digest).replace(/:[^/:]*$/, ''), tag: reference.slice(digest + 1) };
  const colon = reference.lastIndexOf(':');
  if (colon > reference.lastIndexOf('/')) return { fromImage: reference.slice(0, colon), tag: reference.slice(colon + 1) };
  return { fromImage: reference, tag: 'latest' };
}
