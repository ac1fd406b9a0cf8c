// Providers: programs that provide a service in place of a container (interop.md §4.8). They are told what to do by their arguments, and
// answer with a stream of JSON objects. What they answer may be a secret: of it, only messages that are meant for people are shown.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { directDependents } from '../../model/dependencies.ts';
import { type Named, named } from '../../model/named.ts';
import type { Service } from '../../model/service.ts';
import type { OperationOf } from '../../plan/operation.ts';
import { lastLines, withEvidence } from '../evidence.ts';
import { StepFailure } from '../failure.ts';
import { decode, flag, list, objectCutter, optional, type Shape, struct, text, WrongShape } from '../go-json.ts';
import type { Performance, Performer, World } from '../performer.ts';
import { askProgram, endingOf, findOnPath, findPlugin, pluginEnvironment, runProgram } from '../plugins.ts';
import { serviceIn } from '../service-in.ts';

type Action = OperationOf<'provider.run'>['action'];

const verbs: Readonly<Record<Action, string>> = { up: 'create', stop: 'stop', down: 'remove' };

/** What a provider says of an action. Go refuses the whole description for a wrong value in any of these, also those that nobody needs. */
const actionShape = struct({
  parameters: list(struct({ name: text, description: text, required: flag, type: text, default: text })),
});

/** What a provider says of itself; nothing where it says nothing. */
const metadataShape = struct({ description: text, up: actionShape, down: actionShape, stop: optional(actionShape) });

type Metadata = ReturnType<typeof metadataShape>;

const answerShape = struct({ type: text, message: text });

/** The program of a provider: a plugin of the docker command, else one on the PATH. Throws StepFailure where there is none. */
export async function findProvider(world: Pick<World, 'project' | 'build'>, type: string): Promise<string> {
  if (type === 'compose') throw new StepFailure('project.inconsistent', "'compose' is not a valid provider type");
  const path = world.project.environment['PATH'] ?? '';
  const program = (await findPlugin(type, world.build?.pluginDirectories ?? [])) ?? (await findOnPath(type, path));
  if (program !== undefined) return program;
  throw new StepFailure('engine.not-found', `exec: "${type}": executable file not found in $PATH`, {
    hint: `Install the provider as the plugin docker-${type} of the docker command, or as ${type} on the PATH.`,
  });
}

/** Has a provider do its part. Variables that it tells go to the services that depend on it. */
export const runProvider: Performer<'provider.run'> = async ({ service: name, action }, world, performance) => {
  const service = serviceIn(world.project, name);
  const { type = '', options = named<readonly string[]>() } = service.provider ?? {};
  const program = await findProvider(world, type);
  const environment = pluginEnvironment(world.project);
  const metadata = await metadataOf(program, type, environment, world, performance.signal);
  if (action === 'stop' && !metadata.stop) return undefined;
  const args = argumentsOf(world.project.name, name, action, options, metadata);
  if ('missing' in args) {
    const message = `required parameter "${args.missing}" is missing from provider "${type}" definition`;
    throw new StepFailure('project.inconsistent', message, { hint: `Give it under provider.options of service "${name}".` });
  }
  const answers = answerReader(performance);
  const ended = await runProgram(program, args.words, environment, performance.signal, answers.read);
  const { failed, prefixed, raw } = answers.end();
  if (failed !== undefined) throw new StepFailure('execute.provider-failed', failed);
  if (ended.code !== 0) {
    const fact = `failed to ${verbs[action]} service provider: ${endingOf(ended)}`;
    throw new StepFailure('execute.provider-failed', withEvidence(fact, 'its last output:', lastLines(ended.stderr)));
  }
  if (action === 'up') tellDependents(service, prefixed, raw, world, performance);
  return undefined;
};

/** What the provider says of itself, also kept where editors look for it. One that says nothing, or not in this way, is asked without knowing. */
async function metadataOf(program: string, type: string, environment: Named<string>, world: World, signal: AbortSignal): Promise<Metadata> {
  const { code, stdout } = await askProgram(program, ['compose', 'metadata'], environment, signal);
  const metadata = code === 0 ? decodedOrNot(stdout, metadataShape) : undefined;
  if (metadata === undefined) return metadataShape(undefined);
  if (world.build) {
    const folder = join(world.build.configDirectory, 'compose/providers');
    // For the convenience of others: a folder that cannot be written is no reason to fail.
    await mkdir(folder, { recursive: true, mode: 0o700 })
      .then(() => writeFile(join(folder, `${type}.json`), stdout, { mode: 0o600 }))
      .catch(() => undefined);
  }
  return metadata;
}

function decodedOrNot<T>(json: string, shape: Shape<T>): T | undefined {
  try {
    return decode(json, shape);
  } catch (failure) {
    if (failure instanceof WrongShape) return undefined;
    throw failure;
  }
}

/** `compose --project-name=P up --option=value… SERVICE`, options sorted; those that the provider's own description does not know are left out. */
function argumentsOf(
  project: string,
  service: string,
  action: Action,
  options: Named<readonly string[]>,
  metadata: Metadata,
): { readonly words: readonly string[] } | { readonly missing: string } {
  const isSilent = metadata.description === '' && !metadata.up.parameters && !metadata.down.parameters;
  const parameters = metadata[action]?.parameters ?? [];
  const missing = isSilent ? undefined : parameters.find(({ name, required }) => required && !Object.hasOwn(options, name));
  if (missing) return { missing: missing.name };
  const known = (option: string) => isSilent || parameters.some(({ name }) => name === option);
  const words = Object.entries(options)
    .filter(([option]) => known(option))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([option, values]) => values.map(value => `--${option}=${value}`));
  return { words: ['compose', `--project-name=${project}`, action, ...words, service] };
}

/** Reads what a provider answers. After an error the rest is passed over, so that it can end as it likes. */
export function answerReader({ progress }: Pick<Performance, 'progress'>) {
  const prefixed = new Map<string, string>();
  const raw = new Map<string, string>();
  let failed: string | undefined;
  const invalid = (why: string, place: number) => {
    failed ??= `invalid response from plugin: ${why} (byte ${place} of its output)`;
  };
  const take = (json: string, place: number): void => {
    if (failed !== undefined) return;
    const answer = decodedOrNot(json, answerShape);
    const { type = '', message = '' } = answer ?? {};
    const [name = '', value] = message.split(/=(.*)/s);
    const told = type === 'setenv' ? prefixed : type === 'rawsetenv' ? raw : undefined;
    if (!answer) invalid('not JSON with the texts "type" and "message"', place);
    else if (type === 'error') failed = message;
    else if (type === 'info') progress({ text: message.split('\n')[0] ?? '' });
    else if (told && value !== undefined) told.set(name, value);
    else if (told) invalid(`${type} without NAME=value`, place);
    else if (type !== 'debug') invalid('its type is none of error, info, debug, setenv, rawsetenv', place);
  };
  const cutter = objectCutter(take, place => invalid('not JSON', place));
  return {
    read: cutter.read,
    end() {
      cutter.end();
      return { failed, prefixed, raw };
    },
  };
}

function tellDependents(
  { name: provider }: Service,
  prefixed: ReadonlyMap<string, string>,
  raw: ReadonlyMap<string, string>,
  world: World,
  { warn }: Pick<Performance, 'warn'>,
): void {
  const prefix = `${provider.toUpperCase()}_`;
  for (const dependent of directDependents(world.project, provider)) {
    const own = world.told.applied(dependent).environment ?? {};
    for (const [name, value] of raw) {
      if (Object.hasOwn(own, name) && own[name] !== value)
        warn(
          'execute.overridden-variable',
          `provider "${provider}" overrides environment variable "${name}" in service "${dependent.name}"`,
        );
    }
    world.told.tell(dependent.name, named([...[...prefixed].map(([name, value]) => [prefix + name, value] as const), ...raw]));
  }
}
