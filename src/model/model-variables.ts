// What a service that uses models is told of them: their names and where they are, as variables (interop.md §3.6).
import { type Named, named } from './named.ts';
import type { Project } from './project.ts';
import type { Service } from './service.ts';

/** `LLM_MODEL` and `LLM_URL` for a model `llm`, or the names that the service gives. */
export function modelVariables(project: Project, service: Service, endpoint: string): Named<string> {
  return named(
    Object.entries(service.models ?? {}).flatMap(([key, names]) => {
      const prefix = key.toUpperCase().replaceAll('-', '_');
      return [
        [names?.model_var || `${prefix}_MODEL`, project.models[key]?.model ?? ''] as const,
        [names?.endpoint_var || `${prefix}_URL`, endpoint] as const,
      ];
    }),
  );
}
