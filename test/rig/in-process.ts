// fig's public API on a project of files, in the test's own process: for what a command line cannot show, such as an abort in mid-call.
import { onTestFinished } from 'vitest';
import {
  type ApplyOptions,
  apply,
  connect,
  type Engine,
  type Event,
  type Intent,
  type Outcome,
  openProject,
  type Project,
} from '../../src/index.ts';
import { named } from '../../src/model/named.ts';
import { testHost } from './daemon.ts';
import type { TestProject } from './project.ts';

export { downIntent, upIntent } from './intents.ts';

/** The engine of the test run, through fig's own adapter; closed when the test ends. */
export async function testEngine(host: string = testHost(), environment: Readonly<Record<string, string>> = {}): Promise<Engine> {
  const engine = await connect({ host, environment: named(Object.entries(environment)), home: '/nowhere' });
  onTestFinished(() => engine.close());
  return engine;
}

/** The project as its files stand now; fails with all that is wrong in them. */
export async function load(project: TestProject, services: readonly string[] = []): Promise<Project> {
  const loaded = await openProject({
    workingDirectory: project.directory,
    environment: named(),
    home: '/nowhere',
    files: [],
    envFiles: [],
    profiles: [],
    services,
    withoutDependencies: false,
    allResources: false,
    compatibility: false,
    skip: { interpolation: false, normalization: false, pathResolution: false, consistency: false, envResolution: false },
  });
  if (!loaded.ok) throw new Error(loaded.diagnostics.map(({ message }) => message).join('\n'));
  return loaded.project;
}

export interface Told {
  readonly outcome: Outcome;
  readonly events: readonly Event[];
}

/** Carries an intent out and gathers what was told. */
export async function carryOut(project: TestProject, engine: Engine, intent: Intent, options: ApplyOptions = {}): Promise<Told> {
  const run = apply(await load(project), intent, engine, options);
  const events: Event[] = [];
  for await (const event of run.events()) events.push(event);
  return { outcome: await run.done, events };
}

/** As carryOut; fails with the diagnostics unless it ends well. */
export async function carryOutWell(project: TestProject, engine: Engine, intent: Intent, options: ApplyOptions = {}): Promise<Told> {
  const told = await carryOut(project, engine, intent, options);
  if (told.outcome.result !== 'succeeded') {
    throw new Error(`${intent.kind} ${told.outcome.result}: ${told.outcome.diagnostics.map(({ message }) => message).join('\n')}`);
  }
  return told;
}
