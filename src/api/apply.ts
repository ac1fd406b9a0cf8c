// apply: observe → plan → execute, one intent at a time, reported as one sequence of events.
import { severityOf } from '../diagnostics/codes.ts';
import type { Engine } from '../engine/engine.ts';
import { observe, observeImages } from '../engine/observe.ts';
import { unsupported } from '../engine/payload/support.ts';
import { walk } from '../execute/execute.ts';
import { pretences } from '../execute/operations/pretences.ts';
import type { BuildSettings, World } from '../execute/performer.ts';
import { createTold, type ToldVariables } from '../execute/told.ts';
import { defaultImageName } from '../model/identity.ts';
import { named } from '../model/named.ts';
import type { Observed, ObservedImage } from '../model/observed.ts';
import type { Project } from '../model/project.ts';
import { prepareHashing } from '../plan/hash.ts';
import type { Intent } from '../plan/intent.ts';
import { namesakes } from '../plan/namesake.ts';
import type { OperationKind, StepId } from '../plan/operation.ts';
import type { Plan } from '../plan/plan.ts';
import { decideService, type Obstacle, obstacles, plan as planFor } from '../plan/planners.ts';
import type { Answers, Consent } from './consent.ts';
import { type Guard, guardNamesakes } from './namesakes.ts';
import { refuseUnready } from './readiness.ts';
import { answered, Refusal, refuse } from './refusal.ts';
import { type Outcome, type Run, type RunContext, startRun, unless } from './run-handle.ts';
import { isEnding, type Turn, type Turns, takesTurns, takeTurn } from './turn.ts';

export interface ApplyOptions {
  /** The same plan and the same events as if it were performed, and no call that changes anything. */
  readonly dryRun?: boolean;
  /** Calls to the engine in flight; undefined: min(16, max(4, 2 × the engine's processors)). */
  readonly parallel?: number;
  readonly build?: BuildSettings;
  /** Answers what only the user may decide; undefined: there is nobody to ask. */
  readonly consent?: Consent;
  /** Looks out for another folder's containers of the same project name; undefined: they are taken for the project's own, as by the reference. */
  readonly guard?: Guard;
  /** Waits until no other command changes the project; undefined: goes on beside them. */
  readonly turns?: Turns;
  /** Milliseconds since 1970, for the events. */
  readonly now?: () => number;
}

/** What attached `up` hooks into. */
export interface ApplyHooks {
  /** Called once, between planning and doing. */
  readonly planned?: (plan: Plan) => void;
  readonly beforeStart?: NonNullable<World['beforeStart']>;
  readonly beforeHook?: NonNullable<World['beforeHook']>;
  readonly hookSaid?: NonNullable<World['hookSaid']>;
  /** Where the variables go that are told on the way, for whoever needs them after the run. */
  readonly told?: ToldVariables;
}

/** Does what the intent says. Never throws for what the outside says: `done` tells how it ended. */
export function apply(project: Project, intent: Intent, engine: Engine, options: ApplyOptions = {}): Run {
  return startRun(context => applyTo(context, project, intent, engine, options), options.now);
}

/** What `apply` would do, as a plan; nothing is changed. Throws Refusal. */
export async function planProject(project: Project, intent: Intent, engine: Engine, now: () => number = Date.now): Promise<Plan> {
  const observed = { ...(await answered(() => observe(engine, project))), at: now() };
  const found = obstacles(intent, project, observed);
  if (found.length > 0) throw refusalOf(found);
  const plan = planFor(intent, project, observed);
  refuseUnsupported(project, intent, plan);
  return plan;
}

/**
 * One intent within a run that may do several. It is observed, planned and asked about before its turn, and once more in it where others
 * came first. What needs nothing done needs no turn, and who only waits has none.
 */
export async function applyTo(
  context: RunContext,
  project: Project,
  intent: Intent,
  engine: Engine,
  options: ApplyOptions,
  hooks: ApplyHooks = {},
): Promise<Outcome> {
  const answers: Answers = new Map();
  const look = () => lookAt(context, project, intent, engine, options, answers);
  const carryOut = (sight: Sight, turn?: Turn) => carryOutIn(context, project, engine, options, hooks, sight, turn);
  if (!options.turns || options.dryRun || !takesTurns(intent)) return carryOut(await look());
  const since = isEnding(intent) ? undefined : options.turns.locks.trace();
  const early = since === undefined ? undefined : await look();
  if (early?.plan.steps.length === 0) return carryOut(early);
  const turn = await takeTurn(context, options.turns, { engine: engine.address(), project: project.name }, intent, since);
  try {
    return await carryOut(early && !turn.isLate ? early : await look(), turn);
  } finally {
    turn.release();
  }
}

/** What the engine has, and what is to be done about it: the plan, and the intent that it follows from. */
interface Sight {
  readonly observed: Observed;
  readonly plan: Plan;
  readonly agreed: Intent;
}

/** Looks, plans, and settles whether that may be done, by questions too: nobody else is kept waiting for an answer. Throws Refusal. */
async function lookAt(
  context: RunContext,
  project: Project,
  intent: Intent,
  engine: Engine,
  options: ApplyOptions,
  answers: Answers,
): Promise<Sight> {
  const asked = observe(engine, project);
  // By then the questions are on their way.
  if (making.has(intent.kind)) setImmediate(prepareHashing);
  const observed = { ...(await unless(context.asked, asked)), at: context.now() };
  const found = obstacles(intent, project, observed);
  if (found.length > 0) throw refusalOf(found);
  const whole = planFor(intent, project, observed);
  refuseUnsupported(project, intent, whole);
  if (options.guard) {
    const living = namesakes(intent, project, observed, whole);
    const [guard, consent] = options.dryRun ? (['warn', undefined] as const) : [options.guard, options.consent];
    await guardNamesakes(context, project, living, guard, consent, answers);
  }
  return { observed, ...(await withConsent(context, project, intent, observed, whole, options.consent, answers)) };
}

async function carryOutIn(
  context: RunContext,
  project: Project,
  engine: Engine,
  options: ApplyOptions,
  hooks: ApplyHooks,
  { observed, plan, agreed }: Sight,
  turn: Turn | undefined,
): Promise<Outcome> {
  hooks.planned?.(plan);
  const world = worldOf(project, agreed, engine, observed, options, hooks);
  await refuseUnready(plan, agreed, world);
  const { result, diagnostics } = await walk(plan, world, {
    ...context,
    ...(options.parallel === undefined ? {} : { parallel: options.parallel }),
    ...(options.dryRun ? { performers: pretences } : {}),
    ...(turn ? { onlyWaits: () => turn.stepAside() } : {}),
  });
  return { result, diagnostics, plan, exitCode: exitCodes[result] };
}

/**
 * A plan without the losses of data that nobody agreed to, and the intent that it follows from. Each is asked for before anything is
 * done, in the order of the plan.
 */
async function withConsent(
  context: RunContext,
  project: Project,
  intent: Intent,
  observed: Observed,
  plan: Plan,
  consent: Consent | undefined,
  answers: Answers,
): Promise<Pick<Sight, 'plan' | 'agreed'>> {
  const keptVolumes: string[] = [];
  for (const { operation, question } of plan.steps) {
    if (question === undefined || operation.kind !== 'volume.remove') continue;
    const answer = answers.get(question) ?? (consent ? await unless(context.asked, consent({ text: question })) : 'nobody');
    answers.set(question, answer);
    if (answer !== 'yes') keptVolumes.push(operation.name);
    else refuseHeld(operation.name, plan, observed);
  }
  if (keptVolumes.length === 0) return { plan, agreed: intent };
  const agreed = { ...intent, keptVolumes };
  return { plan: planFor(agreed, project, observed), agreed };
}

/** A volume that a container mounts which stays (a one-off, as a rule) could not be removed, and all else would have gone in vain. */
function refuseHeld(volume: string, plan: Plan, observed: Observed): void {
  const removed = new Set(plan.steps.map(({ operation }) => (operation.kind === 'container.remove' ? operation.container.name : '')));
  const holders = observed.containers.filter(({ name, mounts }) => mounts.some(mount => mount.name === volume) && !removed.has(name));
  if (holders.length === 0) return;
  const [ids, names] = [holders.map(({ id }) => id).join(', '), holders.map(({ name }) => `"${name}"`).join(', ')];
  throw refuse(
    'engine.conflict',
    `remove ${volume}: volume is in use - [${ids}]`,
    `Remove ${names} first, or answer no to keep the volume.`,
  );
}

/** As the reference exits. */
export const exitCodes = { succeeded: 0, failed: 1, interrupted: 130 } as const;

/** Intents that make containers; the others only touch what is there, whatever the file says. */
const making: ReadonlySet<Intent['kind']> = new Set<Intent['kind']>(['up', 'run']);

/** Operations that make or start a container of a service, or may come to it. */
const bringing: ReadonlySet<OperationKind> = new Set<OperationKind>(['container.create', 'container.start', 'decide']);

/** What cannot be made as the files say is refused before anything is done. What is there already and stays is nobody's concern. */
function refuseUnsupported(project: Project, intent: Intent, plan: Plan): void {
  if (!making.has(intent.kind)) return;
  const services = plan.steps.flatMap(({ operation }) =>
    bringing.has(operation.kind) && 'service' in operation && operation.service !== undefined ? [operation.service] : [],
  );
  const diagnostics = unsupported(project, intent.kind === 'run' ? [...services, intent.service] : services);
  if (diagnostics.length > 0) throw new Refusal(diagnostics);
}

/** What stands against an intent on this engine; all of it at once. */
function refusalOf(found: readonly Obstacle[]): Refusal {
  return new Refusal(found.map(obstacle => ({ ...obstacle, severity: severityOf(obstacle.code), related: [] })));
}

/** The images of a run: as observed, but for those that were pulled or built since, which are asked for once more. */
function imagesOf(engine: Engine, observed: Observed): World['images'] {
  const fresh = new Map<string, Promise<ObservedImage | undefined>>();
  return {
    at: async reference => (fresh.has(reference) ? fresh.get(reference) : observed.images[reference]),
    changed(reference) {
      const asked = observeImages(engine, [reference]).then(found => found[reference]);
      // Whoever needs the image meets the failure.
      asked.catch(() => undefined);
      fresh.set(reference, asked);
    },
  };
}

/** What the steps of an intent are performed with. */
export function worldOf(
  project: Project,
  intent: Intent,
  engine: Engine,
  observed: Observed,
  options: ApplyOptions,
  hooks: ApplyHooks,
): World {
  const images = imagesOf(engine, observed);
  const told = hooks.told ?? createTold();
  return {
    engine,
    project,
    observed,
    images,
    variables: project.environment,
    told,
    ...(options.build ? { build: options.build } : {}),
    ...(hooks.beforeStart ? { beforeStart: hooks.beforeStart } : {}),
    ...(hooks.beforeHook ? { beforeHook: hooks.beforeHook } : {}),
    ...(hooks.hookSaid ? { hookSaid: hooks.hookSaid } : {}),
    async decide(service: string, known: ReadonlySet<StepId>) {
      const present = { ...observed, images: await presentImages(project, observed, images) };
      return decideService(intent, told.appliedTo(project), present, service, known);
    },
  };
}

/** The images of all services as they are by now. */
async function presentImages(project: Project, observed: Observed, images: World['images']): Promise<Observed['images']> {
  const references = new Set([
    ...Object.keys(observed.images),
    ...Object.values(project.services).map(service => defaultImageName(project, service)),
  ]);
  const found = await Promise.all([...references].map(async reference => [reference, await images.at(reference)] as const));
  return named(found.flatMap(([reference, image]) => (image ? [[reference, image] as const] : [])));
}
