// Networks and volumes over the direct client.
import type { Engine, NetworkDetails, VolumeDetails } from '../engine.ts';
import type { HttpClient } from './http.ts';

type NetworkCalls = Pick<
  Engine,
  'listNetworks' | 'inspectNetwork' | 'createNetwork' | 'removeNetwork' | 'connectNetwork' | 'disconnectNetwork'
>;

/** The network part of the Engine port. */
export function networkCalls(client: HttpClient): NetworkCalls {
  const at = (name: string, rest = '') => `/networks/${encodeURIComponent(name)}${rest}`;
  return {
    listNetworks: async filters =>
      (await client.json<readonly NetworkDetails[] | undefined>({
        method: 'GET',
        path: '/networks',
        query: { filters },
        anyVersion: true,
      })) ?? [],
    inspectNetwork: name => client.json({ method: 'GET', path: at(name) }),
    createNetwork: async body => (await client.json<{ readonly Id: string }>({ method: 'POST', path: '/networks/create', body })).Id,
    removeNetwork: id => client.json<void>({ method: 'DELETE', path: at(id) }),
    connectNetwork: (network, body) => client.json<void>({ method: 'POST', path: at(network, '/connect'), body }),
    disconnectNetwork: (network, container, force) =>
      client.json<void>({ method: 'POST', path: at(network, '/disconnect'), body: { Container: container, Force: force } }),
  };
}

type VolumeCalls = Pick<Engine, 'listVolumes' | 'inspectVolume' | 'createVolume' | 'removeVolume'>;

/** The volume part of the Engine port. */
export function volumeCalls(client: HttpClient): VolumeCalls {
  const at = (name: string) => `/volumes/${encodeURIComponent(name)}`;
  return {
    listVolumes: async filters =>
      (
        await client.json<{ readonly Volumes: readonly VolumeDetails[] | null }>({
          method: 'GET',
          path: '/volumes',
          query: { filters },
          anyVersion: true,
        })
      ).Volumes ?? [],
    inspectVolume: name => client.json({ method: 'GET', path: at(name) }),
    createVolume: async body => void (await client.json({ method: 'POST', path: '/volumes/create', body })),
    removeVolume: name => client.json<void>({ method: 'DELETE', path: at(name) }),
  };
}
