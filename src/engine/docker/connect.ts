// connectEngine: settings in, the Engine port out. Puts the adapters beside it together; opens nothing before the first call.
import type { Engine } from '../engine.ts';
import { engineEvents } from './activity.ts';
import { type EngineSettings, plainUrl } from './address.ts';
import { containerCalls } from './containers.ts';
import { credentialsFile, proxyVariables, registryCredentials } from './credentials.ts';
import { lazyDockerode } from './dockerode.ts';
import { httpClient } from './http.ts';
import { imageCalls } from './images.ts';
import { networkCalls, volumeCalls } from './networks.ts';
import { streamCalls } from './streams.ts';

export type { EngineSettings } from './address.ts';

/** The Docker engine that flags, environment and contexts name (architecture §2). Never fails itself: a wrong address fails the first call. */
export function connectEngine(settings: EngineSettings): Engine {
  const client = httpClient(settings);
  const dockerode = lazyDockerode(client);
  return {
    address: () => plainUrl(client.address()),
    apiVersion: () => client.version(),
    info: () => client.json({ method: 'GET', path: '/info', anyVersion: true }),
    ...containerCalls(client),
    ...networkCalls(client),
    ...volumeCalls(client),
    ...imageCalls(client, dockerode, registryCredentials(settings)),
    ...streamCalls(client, dockerode),
    events: (filters, signal, options) => engineEvents(client, filters, signal, options),
    credentialsFile: () => credentialsFile(settings),
    proxyVariables: () => proxyVariables(settings, client.address().url),
    close() {
      client.close();
      dockerode.close();
    },
  };
}
