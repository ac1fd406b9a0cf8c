// What secrets and configs hold that are in no file of the host: for delivery, and to tell whether a container has what they hold now.
import type { Project } from './project.ts';

/** What a secret or config holds, where it is written in the file or comes from a variable; undefined where that is not set. */
export function contentOf(project: Project, kind: 'secrets' | 'configs', source: string): string | undefined {
  const object = project[kind][source];
  if (!object) return undefined;
  if (object.content) return object.content;
  return object.environment ? (object.value ?? project.environment[object.environment]) : undefined;
}
