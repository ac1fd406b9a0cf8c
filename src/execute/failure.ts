// From what goes wrong while performing to a diagnostic: the engine's own sentence, what was being done and for whom, and a way out.
import type { Code } from '../diagnostics/codes.ts';
import { severityOf } from '../diagnostics/codes.ts';
import type { Diagnostic, Related } from '../diagnostics/diagnostic.ts';
import { EngineFailure, type FailureKind } from '../engine/failure.ts';
import type { Project } from '../model/project.ts';
import type { Operation } from '../plan/operation.ts';
import { originSpan } from '../source/origin.ts';
import type { Span } from '../source/span.ts';

/** What a performer throws when a step fails for another reason than a call that the engine refused. */
export class StepFailure extends Error {
  override readonly name = 'StepFailure';
  readonly code: Code;
  readonly hint: string | undefined;
  /** The steps that come after go on, and the failure is shown as a warning. */
  readonly tolerated: boolean;

  /** `message`: the first line is the fact, further lines show evidence (the last lines of a log). */
  constructor(code: Code, message: string, options: { readonly hint?: string; readonly tolerated?: boolean } = {}) {
    super(message);
    this.code = code;
    this.hint = options.hint;
    this.tolerated = options.tolerated ?? false;
  }
}

const codeOf: Readonly<Record<FailureKind, Code>> = {
  unreachable: 'engine.unreachable',
  denied: 'engine.denied',
  'too-old': 'engine.too-old',
  'not-found': 'engine.not-found',
  conflict: 'engine.conflict',
  'port-in-use': 'engine.port-in-use',
  'image-missing': 'engine.image-missing',
  'pull-denied': 'engine.pull-denied',
  'build-failed': 'engine.build-failed',
  aborted: 'engine.refused',
  refused: 'engine.refused',
};

const hints: Partial<Readonly<Record<FailureKind, string>>> = {
  unreachable: 'Start the engine, or set DOCKER_HOST or the context to one that runs.',
  denied: 'Add this user to the group that owns the socket (usually "docker"), or use a rootless engine.',
  'too-old': 'Update the engine to Docker 20.10 or newer.',
  'image-missing': 'Correct the image reference, or pull or build the image first.',
  'pull-denied': 'Check the spelling of the image, or log in to its registry with "docker login".',
};

/** The attribute of a service that a kind of failure is about. */
const attributeOf: Partial<Readonly<Record<FailureKind, string>>> = {
  'port-in-use': 'ports',
  'image-missing': 'image',
  'pull-denied': 'image',
  'build-failed': 'build',
};

/** The place in the files that a failed step is about: the attribute where that is known, else the service, network or volume. */
function placeOf(operation: Operation, failure: unknown, project: Project): Span | undefined {
  switch (operation.kind) {
    case 'network.create':
      return spanAt(project, `networks.${operation.network}`);
    case 'volume.create':
      return spanAt(project, `volumes.${operation.volume}`);
    case 'container.wait':
      return (
        (operation.for === undefined ? undefined : spanAt(project, `services.${operation.for}.depends_on.${operation.service}`)) ??
        spanAt(project, `services.${operation.service}`)
      );
    case 'hook.run':
      return spanAt(project, `services.${operation.service}.${operation.hook}[${operation.index}]`);
    case 'hook.contain':
      return spanAt(project, `services.${operation.service}.pre_start[${operation.index}]`);
    case 'provider.run':
      return spanAt(project, `services.${operation.service}.provider`);
    case 'model.prepare':
      return spanAt(project, `models.${operation.model}`);
    default: {
      if (!('service' in operation) || operation.service === undefined) return undefined;
      const attribute = failure instanceof EngineFailure ? attributeOf[failure.kind] : undefined;
      const service = `services.${operation.service}`;
      return (attribute && spanAt(project, `${service}.${attribute}`)) || spanAt(project, service);
    }
  }
}

function spanAt(project: Project, path: string): Span | undefined {
  const origin = project.origins.at(path);
  return origin && originSpan(origin);
}

/** What was being done, for the second half of the sentence: `starting container "shop-web-1"`. */
const doing: Readonly<Record<Operation['kind'], string>> = {
  'network.create': 'creating network',
  'network.remove': 'removing network',
  'network.connect': 'connecting container',
  'network.disconnect': 'disconnecting container',
  'volume.create': 'creating volume',
  'volume.remove': 'removing volume',
  'image.pull': 'pulling image',
  'image.build': 'building image',
  'image.remove': 'removing image',
  decide: 'planning service',
  'container.create': 'creating container',
  'container.rename': 'renaming container',
  'container.start': 'starting container',
  'container.stop': 'stopping container',
  'container.restart': 'restarting container',
  'container.kill': 'killing container',
  'container.pause': 'pausing container',
  'container.unpause': 'unpausing container',
  'container.remove': 'removing container',
  'container.wait': 'waiting for container',
  'hook.run': 'running a hook in container',
  'hook.contain': 'running a pre_start hook before container',
  'hook.clear': 'removing hook container',
  'provider.run': 'asking provider',
  'model.prepare': 'preparing model',
  'model.status': 'asking for models',
};

function isSystemError(failure: unknown): failure is NodeJS.ErrnoException {
  return failure instanceof Error && typeof (failure as NodeJS.ErrnoException).code === 'string' && 'syscall' in failure;
}

/** Whether a failure is the outside saying no. Everything else is a bug in fig, and flies on. */
export function isForeseen(failure: unknown): failure is Error {
  return failure instanceof EngineFailure || failure instanceof StepFailure || isSystemError(failure);
}

function compose(code: Code, message: string, span: Span | undefined, hint: string | undefined, related: readonly Related[]): Diagnostic {
  return { code, severity: severityOf(code), message, related, ...(span ? { span } : {}), ...(hint ? { hint } : {}) };
}

/** The diagnostic of a query's or a stream's failure, where no step was being performed. */
export function diagnosticOf(failure: EngineFailure): Diagnostic {
  return compose(codeOf[failure.kind], failure.message, undefined, hints[failure.kind], []);
}

/** The diagnostic of a failed step. `hint` is what was found out on the side, and wins over the usual one. */
export function stepDiagnostic(failure: Error, operation: Operation, subject: string, project: Project, hint?: string): Diagnostic {
  const span = placeOf(operation, failure, project);
  if (failure instanceof StepFailure) return compose(failure.code, failure.message, span, hint ?? failure.hint, []);
  const service = 'service' in operation && operation.service !== undefined ? ` for service "${operation.service}"` : '';
  const message = `${failure.message} (while ${doing[operation.kind]} "${subject}"${service})`;
  if (failure instanceof EngineFailure) return compose(codeOf[failure.kind], message, span, hint ?? hints[failure.kind], []);
  return compose('files.unreadable', message, span, hint, []);
}
