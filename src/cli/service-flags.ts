// Flags that several commands share, and what they make of a project and an intent.

import type { Project, RecreateRule, UpIntent } from '../index.ts';
import { CommandFailure, type Context } from './context.ts';
import { bool, int, text, texts } from './flags.ts';

export const timeout = int('Seconds to wait for a container to stop before it is killed', { short: 't' });
export const removeOrphans = bool('Also remove containers of services that the files do not define');
export const yes = bool('Answer every question with yes', { short: 'y' });

/** What `up` and `create` have in common. */
export const creationFlags = {
  build: bool('Build images first'),
  forceRecreate: bool('Replace containers that are as they should be, too'),
  noBuild: bool('Build no image, whatever the files say'),
  noRecreate: bool('Leave containers that are there as they are'),
  pull: text('When to pull images: always, missing or never', { shownDefault: '"policy"' }),
  quietPull: bool('Show no progress of pulls'),
  removeOrphans,
  scale: texts('SERVICE=NUM: how many containers a service has', { placeholder: 'scale' }),
  yes,
};

interface CreationValues {
  readonly build: boolean;
  readonly noBuild: boolean;
  readonly forceRecreate: boolean;
  readonly noRecreate: boolean;
  readonly pull: string | undefined;
  readonly removeOrphans: boolean;
}

/** Ends the command where flags of `up` and `create` exclude each other. */
export function checkCreation(flags: CreationValues): void {
  if (flags.build && flags.noBuild) throw new CommandFailure('--build and --no-build are incompatible');
  if (flags.forceRecreate && flags.noRecreate) throw new CommandFailure('--force-recreate and --no-recreate are incompatible');
  const policies = ['always', 'missing', 'if_not_present', 'never', 'build', 'policy'];
  if (flags.pull !== undefined && !policies.includes(flags.pull))
    throw new CommandFailure(`invalid --pull option ${JSON.stringify(flags.pull)}`);
}

/** The part of an `up` that follows from the common flags. */
export function creationIntent(flags: CreationValues, services: readonly string[], context: Context): Omit<UpIntent, 'start' | 'wait'> {
  const recreate: RecreateRule = flags.noRecreate ? 'never' : flags.forceRecreate ? 'force' : 'diverged';
  return {
    kind: 'up',
    services,
    recreate,
    recreateDependencies: flags.noRecreate ? 'never' : 'diverged',
    renewAnonymousVolumes: false,
    build: flags.noBuild ? 'never' : flags.build || flags.pull === 'build' ? 'always' : 'when-needed',
    ...(flags.pull === undefined || flags.pull === 'policy' || flags.pull === 'build' ? {} : { pull: flags.pull }),
    removeOrphans: flags.removeOrphans || context.isOn('COMPOSE_REMOVE_ORPHANS'),
    ignoreOrphans: context.isOn('COMPOSE_IGNORE_ORPHANS'),
  };
}

/** `-t`, as an intent has it. */
export function grace(seconds: number | undefined): { readonly graceSeconds?: number } {
  return seconds === undefined ? {} : { graceSeconds: seconds };
}

/** `--wait-timeout`, as an intent has it. */
export function waiting(seconds: number | undefined): { readonly waitTimeoutSeconds?: number } {
  if (seconds !== undefined && seconds < 0) throw new CommandFailure('--wait-timeout must be a non-negative integer');
  return seconds === undefined || seconds === 0 ? {} : { waitTimeoutSeconds: seconds };
}

/** `web=3` → the service and its number. `wrong` gives the sentence for what is neither. */
export function scaleOf(
  text: string,
  wrong: { readonly shape: string; readonly number: (value: string) => string },
): readonly [string, number] {
  const equals = text.indexOf('=');
  if (equals <= 0) throw new CommandFailure(wrong.shape);
  const number = text.slice(equals + 1);
  if (!/^[+-]?\d+$/.test(number)) throw new CommandFailure(wrong.number(number));
  return [text.slice(0, equals), Number(number)];
}

/** The project with other numbers of replicas. Ends the command where a service is not there. */
export function withScale(project: Project, scales: readonly (readonly [string, number])[]): Project {
  if (scales.length === 0) return project;
  const services = Object.assign(Object.create(null), project.services) as Record<string, Project['services'][string]>;
  for (const [name, replicas] of scales) {
    const service = services[name];
    if (!service) throw new CommandFailure(`no such service: ${name}`);
    const deploy = service.deploy ? { deploy: { ...service.deploy, replicas } } : {};
    services[name] = { ...service, scale: replicas, ...deploy };
  }
  return { ...project, services };
}

/** `--scale` of `up`, `create` and `run`. */
export function scaledBy(project: Project, flags: readonly string[]): Project {
  const entries = flags.map(flag =>
    scaleOf(flag, {
      shape: `invalid --scale option ${JSON.stringify(flag)}. Should be SERVICE=NUM`,
      number: value => `strconv.Atoi: parsing ${JSON.stringify(value)}: invalid syntax`,
    }),
  );
  return withScale(project, entries);
}
