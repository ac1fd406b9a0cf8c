// Models: pulled, set up and asked for through the docker command's plugin `model` (interop.md §4.8).
import { modelVariables } from '../../model/model-variables.ts';
import { lastLines, withEvidence } from '../evidence.ts';
import { StepFailure } from '../failure.ts';
import { decode, list, type Shape, struct, text, WrongShape } from '../go-json.ts';
import type { Performer, World } from '../performer.ts';
import { askProgram, type Ended, endingOf, findPlugin, pluginEnvironment, runProgram } from '../plugins.ts';

/** The runner of models. Throws StepFailure where the plugin is not there. */
export async function findModelRunner(world: Pick<World, 'build'>): Promise<string> {
  const plugin = await findPlugin('model', world.build?.pluginDirectories ?? []);
  if (plugin !== undefined) return plugin;
  throw new StepFailure('engine.not-found', "'models' support requires Docker Model plugin", {
    hint: 'Install the plugin docker-model of the docker command.',
  });
}

/** What `ls --json`, `status --json` and the plugin itself tell, as far as it is needed. */
const modelsShape = list(struct({ tags: list(text) }));
const statusShape = struct({ endpoint: text });
const pluginShape = struct({ version: text });

/** Has the runner do something. Throws StepFailure where it fails. */
async function have(world: World, args: readonly string[], what: string, signal: AbortSignal): Promise<void> {
  const ended = await runProgram(await findModelRunner(world), args, pluginEnvironment(world.project), signal);
  if (ended.code !== 0) throw failed(what, ended);
}

/** The failure of a question, with what the plugin said. */
function failed(what: string, ended: Ended): StepFailure {
  const fact = `${what}: ${endingOf(ended)}`;
  return new StepFailure('execute.provider-failed', withEvidence(fact, 'its last output:', lastLines(ended.stderr)));
}

/** What a question was answered with. Throws StepFailure where it was not. */
async function answer<T>(world: World, args: readonly string[], shape: Shape<T>, what: string, signal: AbortSignal): Promise<T> {
  const ended = await askProgram(await findModelRunner(world), args, pluginEnvironment(world.project), signal);
  if (ended.code !== 0) throw failed(what, ended);
  try {
    return decode(ended.stdout, shape);
  } catch (failure) {
    if (!(failure instanceof WrongShape)) throw failure;
    throw new StepFailure('execute.provider-failed', `${what}: what the plugin answered to "${args.join(' ')}": ${failure.message}`);
  }
}

/** Pulls a model that is not there, and sets it up. */
export const prepareModel: Performer<'model.prepare'> = async ({ model: key }, world, { signal, progress }) => {
  const { model = '', context_size: contextSize, runtime_flags: flags = [] } = world.project.models[key] ?? {};
  const listed = await answer(world, ['ls', '--json'], modelsShape, 'error checking available models', signal);
  if (!listed?.some(({ tags }) => tags?.includes(model))) {
    progress({ text: 'Pulling' });
    await have(world, ['pull', model], `error pulling model ${model}`, signal);
    progress({ text: 'Pulled' });
  }
  progress({ text: 'Configuring' });
  const sized = Number(contextSize ?? 0) > 0 ? ['--context-size', String(contextSize)] : [];
  const flagged = flags.length > 0 && (await takesFlags(world, signal)) ? ['--', ...flags] : [];
  await have(world, ['configure', ...sized, model, ...flagged], `error configuring model ${model}`, signal);
  return undefined;
};

/** Flags of the runtime are known to the plugin from 1.0.6 on. */
async function takesFlags(world: World, signal: AbortSignal): Promise<boolean> {
  const { version } = await answer(world, ['docker-cli-plugin-metadata'], pluginShape, 'error checking docker-model', signal);
  const [major = 0, minor = 0, patch = 0] = version.replace(/^v/, '').split(/[.+-]/).map(Number);
  return major > 1 || (major === 1 && (minor > 0 || patch >= 6));
}

/** Asks where the runner listens, and tells the services that use models. */
export const askForModels: Performer<'model.status'> = async (_, world, { signal }) => {
  const { endpoint } = await answer(world, ['status', '--json'], statusShape, 'error checking docker-model status', signal);
  for (const service of Object.values(world.project.services)) {
    const variables = modelVariables(world.project, service, endpoint);
    if (Object.keys(variables).length > 0) world.told.tell(service.name, variables);
  }
  return undefined;
};
