// Networks: creating, removing, and connecting containers to them.

import { invariant } from '../../diagnostics/invariant.ts';
import type { Engine } from '../../engine/engine.ts';
import { EngineFailure } from '../../engine/failure.ts';
import { endpointPayload } from '../../engine/payload/endpoints.ts';
import { networkPayload } from '../../engine/payload/network.ts';
import type { Project } from '../../model/project.ts';
import { networkHash } from '../../plan/hash.ts';
import { StepFailure } from '../failure.ts';
import type { Performer } from '../performer.ts';

/** Creates a network. One that came to be meanwhile (another run of the same project) is taken as it is, like the reference does. */
export const createNetwork: Performer<'network.create'> = async ({ network }, { engine, project }) => {
  const desired = project.networks[network];
  invariant(desired, `network ${network} is not in the project`);
  try {
    await engine.createNetwork(networkPayload(project, network, desired, networkHash(desired)));
  } catch (failure) {
    if (!(failure instanceof EngineFailure && failure.kind === 'conflict')) throw failure;
  }
  return undefined;
};

/**
 * Removes a network; one that is gone already is removed. One that others still use is left with a warning, unless it is removed to be
 * made anew, which cannot be done then.
 */
export const removeNetwork: Performer<'network.remove'> = async ({ id }, { engine, project }, { cause }) => {
  try {
    await engine.removeNetwork(id);
  } catch (failure) {
    if (!(failure instanceof EngineFailure)) throw failure;
    if (failure.kind === 'not-found') return undefined;
    if (failure.kind !== 'conflict' || (cause.reason === 'changed' && (await isWanted(id, engine, project)))) throw failure;
    throw new StepFailure('engine.conflict', `Resource is still in use: ${failure.message}`, { tolerated: true });
  }
  return undefined;
};

/** Whether a network has a name that the project wants for a network made anew; after a renaming nobody wants the old one's. */
async function isWanted(id: string, engine: Engine, project: Project): Promise<boolean> {
  const { Name } = await engine.inspectNetwork(id);
  return Object.values(project.networks).some(({ name }) => name === Name);
}

/** Connects a container to one more network, with the aliases and addresses that the service asks for. */
export const connectNetwork: Performer<'network.connect'> = async (operation, { engine, project }, { resolve }) => {
  const { body, network } = endpointPayload(project, operation, resolve(operation.container));
  await engine.connectNetwork(network, body);
  return undefined;
};

/** Takes a container off a network, whatever its state; it being off already is well. */
export const disconnectNetwork: Performer<'network.disconnect'> = async ({ network, container }, { engine }, { resolve }) => {
  try {
    await engine.disconnectNetwork(network, resolve(container), true);
  } catch (failure) {
    if (!(failure instanceof EngineFailure) || failure.kind !== 'not-found') throw failure;
  }
  return undefined;
};
