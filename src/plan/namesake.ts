// Namesakes: other folders whose containers a plan takes for its project's own, since both folders have one name. Decided here from the
// plan; whether a folder is still there, the disk knows.
import { labels } from '../model/identity.ts';
import type { Observed, ObservedContainer } from '../model/observed.ts';
import type { Project } from '../model/project.ts';
import { isRunning } from './containers.ts';
import type { Intent } from './intent.ts';
import { orphansOf } from './orphans.ts';
import type { Plan } from './plan.ts';

/** What becomes of a living container that another folder made. */
export interface Claim {
  readonly container: string;
  readonly fate: 'recreated' | 'removed' | 'orphaned';
}

export interface Namesake {
  /** The folder, as the containers' labels have it. */
  readonly directory: string;
  /** The Compose file in it, likewise. */
  readonly file: string;
  readonly claims: readonly Claim[];
}

/** Intents that make a project what the files say, or start it again; `create` and `scale` are an `up`. */
const guarded: ReadonlySet<Intent['kind']> = new Set<Intent['kind']>(['up', 'run', 'restart']);

/** The folders beside the project's own that a plan takes living containers from; none where the project has a name that was chosen. */
export function namesakes(intent: Intent, project: Project, observed: Observed, plan: Plan): readonly Namesake[] {
  if (project.nameFrom !== 'directory' || !guarded.has(intent.kind)) return [];
  const foreign = observed.containers
    .filter(container => isRunning(container) && isForeign(container, project))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  if (foreign.length === 0) return [];
  const fates = fatesIn(plan, project, observed);
  const found = new Map<string, Namesake>();
  for (const { id, name, labels: told } of foreign) {
    const fate = fates.get(id);
    const directory = told[labels.workingDirectory] ?? '';
    const file = recordedFile(directory, told[labels.configFiles] ?? '');
    if (!fate || file === undefined) continue;
    const { claims = [] } = found.get(directory) ?? {};
    found.set(directory, { directory, file, claims: [...claims, { container: name, fate }] });
  }
  return [...found.values()];
}

function isForeign({ labels: told }: ObservedContainer, project: Project): boolean {
  const directory = told[labels.workingDirectory];
  return directory !== undefined && directory !== '' && directory !== project.directory;
}

/** The first of the recorded files that lies in the folder: a file from elsewhere tells nothing about it. */
function recordedFile(directory: string, files: string): string | undefined {
  return files.split(',').find(file => file.startsWith(directory.endsWith('/') ? directory : `${directory}/`));
}

/** What the plan does to containers, by id. One that a `decide` step may yet recreate counts: its image is about to be another folder's. */
function fatesIn(plan: Plan, project: Project, observed: Observed): ReadonlyMap<string, Claim['fate']> {
  const fates = new Map<string, Claim['fate']>();
  for (const { id } of orphansOf(project, observed)) fates.set(id, 'orphaned');
  for (const { operation } of plan.steps) {
    if (operation.kind === 'decide')
      for (const { id, service, oneOff } of observed.containers) if (service === operation.service && !oneOff) fates.set(id, 'recreated');
    if (operation.kind === 'container.remove' && 'id' in operation.container) fates.set(operation.container.id, 'removed');
  }
  for (const { operation } of plan.steps)
    if (operation.kind === 'container.create' && operation.replaces) fates.set(operation.replaces.id, 'recreated');
  return fates;
}
