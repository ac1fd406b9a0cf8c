// From settings to an engine, and to the locks that keep commands on it apart. Their own modules are loaded here, on demand: commands
// that need none start without them.
import type { EngineSettings } from '../engine/docker/connect.ts';
import type { Engine } from '../engine/engine.ts';
import type { Locks } from '../lock/lock.ts';
import { privateFolder } from '../lock/private-folder.ts';
import type { Named } from '../model/named.ts';

export type { EngineSettings };

/** The engine that the settings name; nothing is sent to it yet. Throws EngineFailure where the settings make no sense. */
export async function connect(settings: EngineSettings): Promise<Engine> {
  const { connectEngine } = await import('../engine/docker/connect.ts');
  return connectEngine(settings);
}

/** The locks of this user on this machine. Reads XDG_RUNTIME_DIR. */
export function locksOf(environment: Named<string>): Locks {
  const { XDG_RUNTIME_DIR } = environment;
  return {
    trace: () => String(privateFolder(XDG_RUNTIME_DIR)?.changedAt),
    async open() {
      const { socketLock } = await import('../lock/socket-lock.ts');
      return socketLock(XDG_RUNTIME_DIR);
    },
  };
}
