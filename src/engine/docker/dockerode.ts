// dockerode, loaded when it is first needed: pulls, builds, hijacked streams and archives go through it; the hot calls do not.
import type Dockerode from 'dockerode';
import { openRelay, type Relay } from './dial.ts';
import { connectionFailure, dockerodeFailure } from './failures.ts';
import type { HttpClient } from './http.ts';

export interface LazyDockerode {
  /** Runs a call of dockerode's; what it rejects with is translated. `call` is what is asked, as `POST /build`. */
  use<T>(call: string, ask: (docker: Dockerode) => Promise<T>): Promise<T>;
  close(): void;
}

/**
 * dockerode for the engine of `client`, at the same API version. It knows neither contexts nor ssh, and its TLS cannot be told to trust:
 * so it is given a unix socket always, either the engine's own or a relay's.
 */
export function lazyDockerode(client: HttpClient): LazyDockerode {
  let relay: Promise<Relay> | undefined;
  let loading: Promise<Dockerode> | undefined;

  async function load(): Promise<Dockerode> {
    const [{ default: Docker }, version] = await Promise.all([import('dockerode'), client.version()]);
    const address = client.address();
    if (address.kind !== 'socket') relay = openRelay(address);
    const socketPath = address.kind === 'socket' ? address.path : (await relay)?.path;
    const prefix = address.kind === 'tcp' && address.prefix ? `${address.prefix.slice(1)}/` : '';
    // `host` and its like are named so that DOCKER_HOST, which dockerode reads by itself, cannot win over the address found here.
    const options = { socketPath, version: `${prefix}v${version}`, protocol: 'http', host: undefined, port: undefined, ca: undefined };
    return new Docker(options as Dockerode.DockerOptions);
  }

  return {
    async use(call, ask) {
      loading ??= load().catch(error => {
        loading = undefined;
        throw connectionFailure(error, call, client.address().url);
      });
      const docker = await loading;
      try {
        return await ask(docker);
      } catch (error) {
        throw dockerodeFailure(error, call, client.address().url);
      }
    },
    close() {
      void relay?.then(
        ({ close }) => close(),
        () => undefined,
      );
      relay = undefined;
      loading = undefined;
    },
  };
}
