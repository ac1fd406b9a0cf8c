// A one-off container of a service (`run`): its dependencies are brought up and waited for, then it runs with the user's terminal.
import { randomBytes } from 'node:crypto';
import type { Engine } from '../engine/engine.ts';
import { EngineFailure } from '../engine/failure.ts';
import { observe } from '../engine/observe.ts';
import { walk } from '../execute/execute.ts';
import { pretences } from '../execute/operations/pretences.ts';
import type { World } from '../execute/performer.ts';
import { createTold } from '../execute/told.ts';
import { attachStreams, type Terminal } from '../follow/attach.ts';
import { oneOffName } from '../model/identity.ts';
import { named } from '../model/named.ts';
import type { Project } from '../model/project.ts';
import type { Mount, Port, Service } from '../model/service.ts';
import type { RunIntent } from '../plan/intent.ts';
import type { ContainerRef, Operation } from '../plan/operation.ts';
import type { Plan, Step } from '../plan/plan.ts';
import { type ApplyOptions, applyTo, exitCodes, worldOf } from './apply.ts';
import { nameAndValue } from './exec.ts';
import { Refusal, refuse } from './refusal.ts';
import { interrupted, type Outcome, type Run, type RunContext, startRun, succeeded, unless } from './run-handle.ts';

export interface OneOffRequest {
  readonly service: string;
  /** Empty: the service's own command. */
  readonly command: readonly string[];
  readonly detach: boolean;
  /** `K=V`, or `K`: taken from the project's environment. */
  readonly environment: readonly string[];
  readonly labels: readonly string[];
  readonly remove: boolean;
  readonly tty: boolean;
  readonly interactive: boolean;
  readonly name?: string;
  readonly user?: string;
  readonly workingDirectory?: string;
  /** Already split into words; clears the service's command. */
  readonly entrypoint?: readonly string[];
  readonly capAdd: readonly string[];
  readonly capDrop: readonly string[];
  readonly volumes: readonly Mount[];
  readonly publish: readonly Port[];
  readonly servicePorts: boolean;
  readonly useAliases: boolean;
  readonly withDependencies: boolean;
  readonly build: 'never' | 'when-needed' | 'always';
  readonly pull?: string;
  readonly removeOrphans: boolean;
  readonly ignoreOrphans: boolean;
}

/**
 * Runs a one-off container. The outcome's exit code is the process's own, or 0 where it is detached; `containerId` names the container.
 * `terminal` is used once the dependencies are up; the events are those of the dependencies and of the container's making. While the
 * process runs, an interrupt is passed on to it as the signal that it was, as often as it comes.
 */
export function runOneOff(project: Project, request: OneOffRequest, engine: Engine, options: ApplyOptions, terminal: Terminal): Run {
  const process: { id?: string } = {};
  const run = startRun(context => perform(context, project, request, engine, options, terminal, process), options.now);
  const signal = (name: string) => {
    if (process.id === undefined) return;
    engine.killContainer(process.id, name).catch((failure: unknown) => {
      // The process may have ended a moment ago, or take no signals yet; how the run ends is told elsewhere.
      if (!(failure instanceof EngineFailure)) throw failure;
    });
  };
  return { ...run, interrupt: (name = 'SIGINT') => (process.id === undefined ? run.interrupt() : signal(name)) };
}

async function perform(
  context: RunContext,
  project: Project,
  request: OneOffRequest,
  engine: Engine,
  options: ApplyOptions,
  terminal: Terminal,
  process: { id?: string },
): Promise<Outcome> {
  const service = project.services[request.service];
  if (!service) throw refuse('request.unknown-service', `no such service: ${request.service}`);
  const { withDependencies, build, removeOrphans, ignoreOrphans } = request;
  const pull = request.pull === undefined ? {} : { pull: request.pull };
  const intent: RunIntent = { kind: 'run', service: request.service, withDependencies, build, removeOrphans, ignoreOrphans, ...pull };
  const told = createTold();
  const outcome = await applyTo(context, project, intent, engine, options, { told });
  if (outcome.result !== 'succeeded') return outcome;

  const slug = randomBytes(32).toString('hex');
  const oneOff = oneOffService(project, told.applied(service), request, slug);
  const own: Project = { ...project, services: named([...Object.entries(project.services), [service.name, oneOff]]) };
  const plan = planOneOff(own, oneOff, request, slug);
  const observed = await unless(context.asked, observe(engine, own));
  const world = worldOf(own, intent, engine, observed, options, {});
  const table = options.dryRun ? { performers: pretences } : {};
  const { result, diagnostics, created } = await walk(plan.create, world, { ...context, ...table });
  const id = created[0]?.id;
  // What was not made has no id; its name stands for it, as in the reference.
  if (options.dryRun) return { result, diagnostics, exitCode: exitCodes[result], containerId: plan.name };
  if (result !== 'succeeded' || id === undefined) return { result, diagnostics, exitCode: exitCodes[result] };
  if (context.asked.aborted) {
    if (request.remove) await engine.removeContainer(id, { force: true, volumes: true });
    return { ...interrupted, containerId: id };
  }
  process.id = id;
  try {
    return { ...(await runMade(plan, id, world, request, terminal)), containerId: id };
  } finally {
    delete process.id;
  }
}

/** Starts the container that was made, stays with it unless it is detached, and learns how it ended. */
async function runMade(plan: OneOffPlan, id: string, world: World, request: OneOffRequest, terminal: Terminal): Promise<Outcome> {
  const never = new AbortController();
  const silent = { asked: never.signal, forced: never.signal, emit: () => undefined, now: Date.now };
  const started = async (steps: Plan) => {
    const { result, diagnostics } = await walk(steps, world, silent);
    if (result === 'failed') throw new Refusal(diagnostics);
  };
  const start = plan.start({ id, name: plan.name });
  const hooks = plan.hooks({ id, name: plan.name });
  if (request.detach) {
    await started(start);
    await started(hooks);
    return succeeded;
  }
  const over = new AbortController();
  try {
    const exit = await exitOf(world.engine, id, request.remove, over.signal);
    let hooked: Promise<void> = Promise.resolve();
    const attached = async () => {
      await started(start);
      hooked = started(hooks);
      hooked.catch(() => undefined);
    };
    const stdin = request.interactive;
    const end = await attachStreams(world.engine, { container: id }, { tty: request.tty, stdin, attached }, terminal);
    await hooked;
    if (end === 'detached') return succeeded;
    return { ...succeeded, exitCode: await exit.code };
  } finally {
    over.abort();
  }
}

/**
 * Subscribes to the end of a container before it starts: one that is removed as it ends can be asked nothing afterwards. `removed`: the
 * code is told once the container is gone.
 */
async function exitOf(engine: Engine, id: string, removed: boolean, signal: AbortSignal): Promise<{ readonly code: Promise<number> }> {
  const filters = named([
    ['type', ['container']],
    ['event', ['die', 'destroy']],
    ['container', [id]],
  ]);
  const events = engine.events(filters, signal);
  const code = (async () => {
    let exitCode = 0;
    for await (const { Action, Actor } of events) {
      if (Action === 'die') exitCode = Number(Actor.Attributes['exitCode'] ?? 0);
      if (Action === (removed ? 'destroy' : 'die')) break;
    }
    return exitCode;
  })();
  code.catch(() => undefined);
  await events.ready;
  return { code };
}

/** The service as a one-off container is made from it (interop.md §5.7). */
export function oneOffService(project: Project, service: Service, request: OneOffRequest, slug: string): Service {
  const { ports, restart: _, deploy, ...kept } = service;
  const withoutPolicy = deploy && named(Object.entries(deploy).filter(([key]) => key !== 'restart_policy'));
  const chosenPorts = request.publish.length > 0 ? request.publish : request.servicePorts ? ports : undefined;
  const variables = request.environment.flatMap(entry => {
    const [name, value] = nameAndValue(entry);
    const given = value ?? project.environment[name];
    return given === undefined ? [] : [[name, given] as const];
  });
  const without = (all: readonly string[], taken: readonly string[]) => all.filter(one => !taken.includes(one));
  const capabilities = {
    cap_add: without([...(service.cap_add ?? []), ...request.capAdd], request.capDrop),
    cap_drop: [...without(service.cap_drop ?? [], request.capAdd), ...request.capDrop],
  };
  return {
    ...kept,
    ...(withoutPolicy ? { deploy: withoutPolicy } : {}),
    ...(chosenPorts ? { ports: chosenPorts } : {}),
    ...(capabilities.cap_add.length > 0 || service.cap_add ? { cap_add: capabilities.cap_add } : {}),
    ...(capabilities.cap_drop.length > 0 || service.cap_drop ? { cap_drop: capabilities.cap_drop } : {}),
    ...(variables.length > 0 ? { environment: named([...Object.entries(service.environment ?? {}), ...variables]) } : {}),
    ...(request.labels.length > 0 ? { labels: named([...Object.entries(service.labels ?? {}), ...request.labels.map(labelOf)]) } : {}),
    ...(request.volumes.length > 0 ? { volumes: [...(service.volumes ?? []), ...request.volumes] } : {}),
    ...(request.user === undefined ? {} : { user: request.user }),
    ...(request.workingDirectory === undefined ? {} : { working_dir: request.workingDirectory }),
    ...(request.entrypoint === undefined ? {} : { entrypoint: request.entrypoint, command: [] }),
    ...(request.command.length > 0 ? { command: request.command } : {}),
    ...(request.withDependencies ? {} : { depends_on: named<never>() }),
    container_name: request.name ?? oneOffName(project, service, slug),
    scale: 1,
    tty: request.tty,
    stdin_open: request.interactive,
  };
}

function labelOf(entry: string): readonly [string, string] {
  const [name, value] = nameAndValue(entry);
  return [name, value ?? ''];
}

interface OneOffPlan {
  readonly name: string;
  readonly create: Plan;
  readonly start: (container: ContainerRef) => Plan;
  readonly hooks: (container: ContainerRef) => Plan;
}

/** Three small plans: the making is shown; the start and the hooks are not, since the terminal is the process's by then. */
function planOneOff(project: Project, service: Service, request: OneOffRequest, slug: string): OneOffPlan {
  const name = service.container_name ?? oneOffName(project, service, slug);
  const step = (id: string, operation: Operation, after: readonly string[] = []): Step => ({
    id: `${name}/${id}`,
    operation,
    subject: { kind: 'Container', name },
    after,
    cause: { reason: 'requested', flag: 'run' },
  });
  const planOf = (...steps: readonly Step[]): Plan => ({ project: project.name, steps, kept: [], notices: [] });
  const { interactive, remove, useAliases } = request;
  const oneOff = { slug, interactive, remove, useAliases };
  const hook = (container: ContainerRef, index: number): Operation => ({
    kind: 'hook.run',
    container,
    service: service.name,
    hook: 'post_start',
    index,
  });
  return {
    name,
    create: planOf(step('create', { kind: 'container.create', service: service.name, replica: 0, name, inheritVolumes: false, oneOff })),
    start: container => planOf(step('start', { kind: 'container.start', container, service: service.name })),
    hooks: container =>
      planOf(
        ...(service.post_start ?? []).map((_, index) =>
          step(`post_start-${index + 1}`, hook(container, index), index === 0 ? [] : [`${name}/post_start-${index}`]),
        ),
      ),
  };
}
