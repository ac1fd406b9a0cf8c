// preview: an intent's plan and its events, as if it were performed. Nothing of the engine's is changed.
import type { Engine } from '../engine/engine.ts';
import type { Project } from '../model/project.ts';
import type { Intent } from '../plan/intent.ts';
import { type ApplyOptions, apply } from './apply.ts';
import type { Run } from './run-handle.ts';

/** As `apply` with `dryRun`: each step starts and finishes in order, images that are missing count as pulled or built. */
export function preview(project: Project, intent: Intent, engine: Engine, options: ApplyOptions = {}): Run {
  return apply(project, intent, engine, { ...options, dryRun: true });
}
