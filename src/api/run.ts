// A one-off container of a service (`run`): its dependencies are brought up and waited for, then it runs with the user's terminal.
import type { Engine } from '../engine/engine.ts';
import type { Terminal } from '../follow/attach.ts';
import type { Project } from '../model/project.ts';
import type { Mount, Port } from '../model/service.ts';
import type { ApplyOptions } from './apply.ts';
import type { Run } from './run-handle.ts';

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
 * `terminal` is used once the dependencies are up; the events are those of the dependencies and of the container's making.
 */
export function runOneOff(project: Project, request: OneOffRequest, engine: Engine, options: ApplyOptions, terminal: Terminal): Run {
  void [project, request, engine, options, terminal];
  throw new Error('not yet');
}
