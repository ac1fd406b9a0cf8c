// Containers and execs over the direct client: every call that takes and gives JSON.
import type { ContainerDetails, ContainerSummary, Engine, Payload } from '../engine.ts';
import type { HttpClient } from './http.ts';

type ContainerCalls = Pick<
  Engine,
  | 'listContainers'
  | 'inspectContainer'
  | 'createContainer'
  | 'startContainer'
  | 'stopContainer'
  | 'restartContainer'
  | 'killContainer'
  | 'pauseContainer'
  | 'unpauseContainer'
  | 'renameContainer'
  | 'removeContainer'
  | 'waitContainer'
  | 'resizeContainer'
  | 'topContainer'
  | 'createExec'
  | 'startExecDetached'
  | 'inspectExec'
  | 'resizeExec'
>;

/** The container part of the Engine port. Names and ids are used in paths as they are safe there, or encoded. */
export function containerCalls(client: HttpClient): ContainerCalls {
  const at = (id: string, rest = '') => `/containers/${encodeURIComponent(id)}${rest}`;
  const post = (path: string, query?: { readonly [name: string]: string | number | boolean | undefined }, signal?: AbortSignal) =>
    client.json<void>({ method: 'POST', path, ...(query ? { query } : {}), signal });
  return {
    listContainers: async (filters, options = {}) =>
      (await client.json<readonly ContainerSummary[] | undefined>({
        method: 'GET',
        path: '/containers/json',
        query: { filters, all: options.all ? 1 : undefined, size: options.size ? 1 : undefined },
        anyVersion: true,
      })) ?? [],
    inspectContainer: id => client.json<ContainerDetails>({ method: 'GET', path: at(id, '/json') }),
    createContainer: (name, body, platform) =>
      client.json({ method: 'POST', path: '/containers/create', query: { name, platform: platform || undefined }, body }),
    startContainer: id => post(at(id, '/start')),
    stopContainer: (id, graceSeconds, signal) => lasting(client, at(id, '/stop'), graceSeconds, signal),
    restartContainer: (id, graceSeconds, signal) => lasting(client, at(id, '/restart'), graceSeconds, signal),
    killContainer: (id, signalName) => post(at(id, '/kill'), { signal: signalName }),
    pauseContainer: id => post(at(id, '/pause')),
    unpauseContainer: id => post(at(id, '/unpause')),
    renameContainer: (id, name) => post(at(id, '/rename'), { name }),
    removeContainer: (id, { force, volumes }) =>
      client.json<void>({ method: 'DELETE', path: at(id), query: { force: force ? 1 : undefined, v: volumes ? 1 : undefined } }),
    async waitContainer(id, condition, signal) {
      const { StatusCode } = await client.json<{ readonly StatusCode: number }>({
        method: 'POST',
        path: at(id, '/wait'),
        query: { condition },
        signal,
        lasting: true,
      });
      return { exitCode: StatusCode };
    },
    resizeContainer: (id, rows, columns) => post(at(id, '/resize'), { h: rows, w: columns }),
    topContainer: id => client.json({ method: 'GET', path: at(id, '/top') }),

    createExec: async (container, body: Payload) =>
      (await client.json<{ readonly Id: string }>({ method: 'POST', path: at(container, '/exec'), body })).Id,
    startExecDetached: id => client.json<void>({ method: 'POST', path: `/exec/${id}/start`, body: { Detach: true } }),
    inspectExec: id => client.json({ method: 'GET', path: `/exec/${id}/json` }),
    resizeExec: (id, rows, columns) => post(`/exec/${id}/resize`, { h: rows, w: columns }),
  };
}

/** Stops take as long as the grace given: they get connections of their own. An absent grace is not sent, so the engine's rule holds. */
function lasting(client: HttpClient, path: string, graceSeconds: number | undefined, signal?: AbortSignal): Promise<void> {
  return client.json<void>({ method: 'POST', path, query: { t: graceSeconds }, signal, lasting: true });
}
