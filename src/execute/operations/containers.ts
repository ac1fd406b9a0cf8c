// Containers: making, starting, stopping and removing them. One call each, but for what the engine cannot do in one.
import { tarOf } from '../../engine/archive/tar.ts';
import type { Engine } from '../../engine/engine.ts';
import { EngineFailure } from '../../engine/failure.ts';
import { type ContainerPayload, containerPayload } from '../../engine/payload/container.ts';
import { type DeliveredFile, filesToDeliver } from '../../engine/payload/files.ts';
import { withApiSocket, withApiSocketConfig } from '../../model/api-socket.ts';
import { temporaryName } from '../../model/identity.ts';
import { named } from '../../model/named.ts';
import type { Service } from '../../model/service.ts';
import type { Performer, World } from '../performer.ts';
import { serviceIn } from '../service-in.ts';
import { creationContext } from './creating.ts';

/**
 * Makes a container, under a temporary name while the one it replaces lives, and connects it to its further networks where the engine
 * takes only one at a time. A container that could not be connected is removed again, so that the next run starts clean.
 */
export const createContainer: Performer<'container.create'> = async (operation, world, performance) => {
  const { engine } = world;
  const { service, replica, name, replaces, inheritVolumes, oneOff, sharing = {} } = operation;
  const creation = {
    service: world.told.applied(serviceIn(world.project, service)),
    name,
    sharing: named(Object.entries(sharing).map(([other, container]) => [other, performance.resolve(container)] as const)),
    ...(oneOff ? { oneOff } : { replica }),
    ...(replaces && inheritVolumes ? { inheritFrom: replaces.id } : {}),
  };
  const payload = containerPayload(await creationContext(creation, world, performance.created));
  const { Id, Warnings } = await engine.createContainer(replaces ? temporaryName(replaces.id, name) : name, payload.body, payload.platform);
  for (const warning of Warnings) performance.progress({ part: 'engine', text: warning });
  await connectOrRemove(engine, Id, payload.connect);
  performance.made(Id);
  return undefined;
};

/** Connects a new container to its further networks; one that cannot be is removed again. */
export async function connectOrRemove(engine: Engine, id: string, connect: ContainerPayload['connect']): Promise<void> {
  try {
    for (const { network, body } of connect) await engine.connectNetwork(network, { ...body, Container: id });
  } catch (failure) {
    await removeUnfinished(engine, id);
    throw failure;
  }
}

/** What led here is the failure to tell; one to clean up as well would only hide it. */
export async function removeUnfinished(engine: Engine, id: string): Promise<void> {
  try {
    await engine.removeContainer(id, { force: true, volumes: true });
  } catch (failure) {
    if (!(failure instanceof EngineFailure)) throw failure;
  }
}

export const renameContainer: Performer<'container.rename'> = async ({ container, name }, { engine }, { resolve }) => {
  await engine.renameContainer(resolve(container), name);
  return undefined;
};

/** Delivers the configs and secrets that are in no file of the host, lets those attach who follow the output, and starts. */
export const startContainer: Performer<'container.start'> = async ({ container, service }, world, { resolve }) => {
  const { engine } = world;
  const id = resolve(container);
  await deliverFiles(engine, id, await filesOf(world, serviceIn(world.project, service)));
  await world.beforeStart?.({ id, name: container.name, service });
  await engine.startContainer(id);
  return undefined;
};

/** What is put into a container of a service; with the credentials where it may speak to the engine. */
async function filesOf({ engine, project }: World, service: Service): Promise<readonly DeliveredFile[]> {
  const effective = withApiSocket(service);
  if (effective === service) return filesToDeliver(project, service);
  const credentials = (await engine.credentialsFile?.()) ?? '{}';
  return filesToDeliver(withApiSocketConfig(project, credentials), effective);
}

/** Puts each file into a container; one call each, since only some say whose they are. */
async function deliverFiles(engine: Engine, id: string, files: readonly DeliveredFile[]): Promise<void> {
  for (const { ownerGiven, ...entry } of files) {
    const mtime = Math.floor(Date.now() / 1000);
    await engine.putArchive(id, '/', tarOf([{ ...entry, mtime }]), { copyUidGid: ownerGiven });
  }
}

/** Stops a container; one that is gone needs no stopping. */
export const stopContainer: Performer<'container.stop'> = async ({ container, graceSeconds }, { engine }, { resolve, signal }) => {
  await unlessGone(engine.stopContainer(resolve(container), graceSeconds, signal));
  return undefined;
};

export const restartContainer: Performer<'container.restart'> = async ({ container, graceSeconds }, { engine }, { resolve, signal }) => {
  await engine.restartContainer(resolve(container), graceSeconds, signal);
  return undefined;
};

/** Sends a signal; a container that ended meanwhile needs none. */
export const killContainer: Performer<'container.kill'> = async ({ container, signal }, { engine }, { resolve }) => {
  try {
    await engine.killContainer(resolve(container), signal);
  } catch (failure) {
    const ended = failure instanceof EngineFailure && (failure.kind === 'not-found' || failure.kind === 'conflict');
    if (!ended) throw failure;
  }
  return undefined;
};

export const pauseContainer: Performer<'container.pause'> = async ({ container }, { engine }, { resolve }) => {
  await engine.pauseContainer(resolve(container));
  return undefined;
};

export const unpauseContainer: Performer<'container.unpause'> = async ({ container }, { engine }, { resolve }) => {
  await engine.unpauseContainer(resolve(container));
  return undefined;
};

/** Removes a container by force; one that is gone, or that another call removes already, is removed. */
export const removeContainer: Performer<'container.remove'> = async ({ container, withAnonymousVolumes }, { engine }, { resolve }) => {
  try {
    await engine.removeContainer(resolve(container), { force: true, volumes: withAnonymousVolumes });
  } catch (failure) {
    const going = failure instanceof EngineFailure && failure.kind === 'conflict' && /already in progress/.test(failure.message);
    if (!going && !isGone(failure)) throw failure;
  }
  return undefined;
};

function isGone(failure: unknown): boolean {
  return failure instanceof EngineFailure && failure.kind === 'not-found';
}

async function unlessGone(call: Promise<void>): Promise<void> {
  try {
    await call;
  } catch (failure) {
    if (!isGone(failure)) throw failure;
  }
}
