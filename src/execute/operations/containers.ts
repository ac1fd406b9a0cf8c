// Containers: making, starting, stopping and removing them. One call each, but for what the engine cannot do in one.
import { invariant } from '../../diagnostics/invariant.ts';
import type { ContainerDetails, Payload } from '../../engine/engine.ts';
import { EngineFailure } from '../../engine/failure.ts';
import { containerPayload } from '../../engine/payload/container.ts';
import { filesToDeliver } from '../../engine/payload/files.ts';
import { temporaryName } from '../../model/identity.ts';
import type { Service } from '../../model/service.ts';
import type { OperationOf } from '../../plan/operation.ts';
import type { Performance, Performer, World } from '../performer.ts';

function serviceOf({ project }: World, name: string): Service {
  const service = project.services[name] ?? project.disabledServices[name];
  invariant(service, `service ${name} is not in the project`);
  return service;
}

/**
 * Makes a container, under a temporary name while the one it replaces lives, and connects it to its further networks where the engine
 * takes only one at a time. A container that could not be connected is removed again, so that the next run starts clean.
 */
export const createContainer: Performer<'container.create'> = async (operation, world, performance) => {
  const { engine } = world;
  const payload = containerPayload(await contextOf(operation, world, performance));
  const name = operation.replaces ? temporaryName(operation.replaces.id, operation.name) : operation.name;
  const { Id, Warnings } = await engine.createContainer(name, payload.body, payload.platform);
  for (const warning of Warnings) performance.progress({ text: warning });
  try {
    for (const { network, body } of payload.connect) await engine.connectNetwork(network, { ...body, Container: Id });
  } catch (failure) {
    await engine.removeContainer(Id, { force: true, volumes: true });
    throw failure;
  }
  performance.made(Id);
  return undefined;
};
