// From settings to an engine, and to the lock that keeps commands on it apart. Their own modules are loaded here, on demand: commands
// that need none start without them.
import type { EngineSettings } from '../engine/docker/connect.ts';
import type { Engine } from '../engine/engine.ts';
import type { Lock } from '../lock/lock.ts';
import type { Named } from '../model/named.ts';

export type { EngineSettings };

/** The engine that the settings name; nothing is sent to it yet. Throws EngineFailure where the settings make no sense. */
export async function connect(settings: EngineSettings): Promise<Engine> {
  const { connectEngine } = await import('../engine/docker/connect.ts');
  return connectEngine(settings);
}

/** The locks of this user on this machine. Reads XDG_RUNTIME_DIR. */
export async function openLock(environment: Named<string>): Promise<Lock> {
  const { socketLock } = await import('../lock/socket-lock.ts');
  return socketLock(environment.XDG_RUNTIME_DIR);
}
