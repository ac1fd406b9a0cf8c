// Models: pulled, set up and asked for through the docker command's plugin `model` (interop.md §4.8).
import { modelVariables } from '../../model/model-variables.ts';
import { lastLines, withEvidence } from '../evidence.ts';
import { StepFailure } from '../failure.ts';
import type { Performer, World } from '../performer.ts';
import { type Ended, endingOf, findPlugin, pluginEnvironment, runProgram } from '../plugins.ts';

/** The runner of models. Throws StepFailure where the plugin is not there. */
export async function findModelRunner(world: Pick<World, 'build'>): Promise<string> {
  const plugin = await findPlugin('model', world.build?.pluginDirectories ?? []);
  if (plugin !== undefined) return plugin;
  throw new StepFailure('engine.not-found', "'models' support requires Docker Model plugin", {
    hint: 'Install the plugin docker-model of the docker command.',
  });
}

async function ask(world: World, args: readonly string[], signal: AbortSignal, onLine?: (line: string) => void): Promise<Ended> {
  return runProgram(await findModelRunner(world), args, pluginEnvironment(world.project), signal, onLine);
}

/** The failure of a question, with what the plugin said. */
function failed(what: string, ended: Ended): StepFailure {
  const fact = `${what}: ${endingOf(ended)}`;
  return new StepFailure('execute.provider-failed', withEvidence(fact, 'its last output:', lastLines(ended.stderr)));
}

/** What a question was answered with, as JSON. Throws StepFailure where it was not. */
async function answer<T>(world: World, args: readonly string[], what: string, signal: AbortSignal): Promise<T> {
  const ended = await ask(world, args, signal);
  if (ended.code !== 0) throw failed(what, ended);
  try {
    return JSON.parse(ended.stdout) as T;
  } catch (failure) {
    if (failure instanceof SyntaxError) throw new StepFailure('execute.provider-failed', `${what}: the plugin did not answer with JSON`);
    throw failure;
  }
}

/** Pulls a model that is not there, and sets it up. */
export const prepareModel: Performer<'model.prepare'> = async ({ model: key }, world, { signal, progress }) => {
  const { model = '', context_size: contextSize, runtime_flags: flags = [] } = world.project.models[key] ?? {};
  const listed = await answer<readonly { readonly tags?: readonly string[] }[]>(
    world,
    ['ls', '--json'],
    'error checking available models',
    signal,
  );
  if (!listed.some(({ tags }) => tags?.includes(model))) {
    progress({ text: 'Pulling' });
    const pulled = await ask(world, ['pull', model], signal);
    if (pulled.code !== 0) throw failed(`error pulling model ${model}`, pulled);
    progress({ text: 'Pulled' });
  }
  progress({ text: 'Configuring' });
  const sized = Number(contextSize ?? 0) > 0 ? ['--context-size', String(contextSize)] : [];
  const flagged = flags.length > 0 && (await takesFlags(world, signal)) ? ['--', ...flags] : [];
  const configured = await ask(world, ['configure', ...sized, model, ...flagged], signal);
  if (configured.code !== 0) throw failed(`error configuring model ${model}`, configured);
  return undefined;
};

/** Flags of the runtime are known to the plugin from 1.0.6 on. */
async function takesFlags(world: World, signal: AbortSignal): Promise<boolean> {
  const { Version } = await answer<{ readonly Version?: string }>(
    world,
    ['docker-cli-plugin-metadata'],
    'error checking docker-model',
    signal,
  );
  const [major = 0, minor = 0, patch = 0] = (Version ?? '').replace(/^v/, '').split(/[.+-]/).map(Number);
  return Version !== undefined && (major > 1 || (major === 1 && (minor > 0 || patch >= 6)));
}

/** Asks where the runner listens, and tells the services that use models. */
export const askForModels: Performer<'model.status'> = async (_, world, { signal }) => {
  const { endpoint = '' } = await answer<{ readonly endpoint?: string }>(
    world,
    ['status', '--json'],
    'error checking docker-model status',
    signal,
  );
  for (const service of Object.values(world.project.services)) {
    const variables = modelVariables(world.project, service, endpoint);
    if (Object.keys(variables).length > 0) world.told.tell(service.name, variables);
  }
  return undefined;
};
