// Places in files of what the model says: for plans, messages and causes.
import { originSpan } from '../source/origin.ts';
import type { Span } from '../source/span.ts';
import type { Project } from './project.ts';

/** The text that a reader would change to change a value (`services.web.ports[0]`), or its nearest parent's; nothing for what nobody wrote. */
export function placeOf(project: Pick<Project, 'origins'>, path: string): { readonly span?: Span } {
  const origin = project.origins.at(path);
  const span = origin && originSpan(origin);
  return span ? { span } : {};
}
