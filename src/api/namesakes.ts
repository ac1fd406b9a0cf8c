// Two folders of one name: the user is asked before one project takes the other's containers for its own. The decision is plan/namesake.ts's.
import { statSync } from 'node:fs';
import { severityOf } from '../diagnostics/codes.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Project } from '../model/project.ts';
import type { Namesake } from '../plan/namesake.ts';
import type { Answers, Consent } from './consent.ts';
import { Refusal, refuse } from './refusal.ts';
import { type RunContext, unless } from './run-handle.ts';

/** What is done where there is nobody to ask: FIG_PROJECT_GUARD. */
export type Guard = 'warn' | 'refuse';

/** Goes on, or throws Refusal where the user, or the guard, says no. */
export async function guardNamesakes(
  context: RunContext,
  project: Project,
  found: readonly Namesake[],
  guard: Guard,
  consent: Consent | undefined,
  answers: Answers,
): Promise<void> {
  const living = found.filter(namesake => isOtherProject(namesake, project.directory));
  if (living.length === 0) return;
  const about = namesakeDiagnostic(project, living);
  if (answers.has(about.message)) return;
  const answer = consent ? await unless(context.asked, consent({ about, text: 'Go on?' })) : 'nobody';
  answers.set(about.message, answer);
  if (answer === 'yes') return;
  if (answer === 'no') throw refuse('request.namesake-refused', 'nothing was changed');
  if (guard === 'refuse') throw new Refusal([{ ...about, code: 'request.namesake-refused', severity: 'error' }]);
  context.emit({ type: 'warning', diagnostic: about });
}

/** Whether the folder is there, is another one than the project's, whatever either is called, and still has the file. */
function isOtherProject({ directory, file }: Namesake, own: string): boolean {
  const [other, mine] = [directory, own].map(path => statOf(path));
  if (!other?.isDirectory() || !statOf(file)?.isFile()) return false;
  return other.dev !== mine?.dev || other.ino !== mine.ino;
}

/** undefined for what is not there, and for what this user may not look at. */
function statOf(path: string) {
  try {
    return statSync(path, { bigint: true, throwIfNoEntry: false });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    return undefined;
  }
}

const would = {
  recreated: 'would be made anew from this folder',
  removed: 'would be removed',
  orphaned: 'would be left behind as an orphan',
};

function namesakeDiagnostic(project: Project, living: readonly Namesake[]): Diagnostic {
  const folders = living.map(({ directory }) => directory).join(', ');
  const claims = living.flatMap(namesake => namesake.claims);
  return {
    code: 'request.namesake',
    severity: severityOf('request.namesake'),
    message: [
      `the project "${project.name}" of ${project.directory} has the name of another one, whose containers run: that of ${folders}`,
      ...claims.map(({ container, fate }) => `${container} ${would[fate]}`),
    ].join('\n'),
    related: [],
    hint: 'give this one a name of its own: `name:` in its Compose file, COMPOSE_PROJECT_NAME in its .env, or -p',
  };
}
