// From settings to an engine. The engine's own modules are loaded here, on demand: commands that need none start without them.
import type { EngineSettings } from '../engine/docker/connect.ts';
import type { Engine } from '../engine/engine.ts';

export type { EngineSettings };

/** The engine that the settings name; nothing is sent to it yet. Throws EngineFailure where the settings make no sense. */
export async function connect(settings: EngineSettings): Promise<Engine> {
  const { connectEngine } = await import('../engine/docker/connect.ts');
  return connectEngine(settings);
}
