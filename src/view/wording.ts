// Wording: what one event changed, in the words scripts look for (`Container shop-web-1 Started`). lines, json and tasks show these.
import type { Event, EventOf } from '../events/event.ts';
import { noProgress, type Progress, reduce } from '../events/progress.ts';
import type { StepId } from '../plan/operation.ts';
import { subjectText } from '../plan/plan.ts';
import { printable } from './printable.ts';
import { maskUrls } from './secrets.ts';

/** One change of one subject. */
export interface Notice {
  /** `Container shop-web-1`, or the id of an image layer. */
  readonly id: string;
  /** The subject that a layer belongs to. */
  readonly parent?: string;
  readonly status: 'working' | 'done' | 'warning' | 'error';
  readonly text: string;
  readonly details?: string;
  readonly done?: number;
  readonly total?: number;
}

/** Folds events, and says what each of them changed. */
export interface Wording {
  /** What an event says, in order; nothing for steps that show nothing of their own. */
  notices(event: Event): readonly Notice[];
  readonly progress: Progress;
}

/** A new wording, for one run. */
export function createWording(): Wording {
  const started = new Set<StepId>();
  let progress = noProgress;
  return {
    get progress() {
      return progress;
    },
    notices(event) {
      progress = reduce(progress, event);
      if (event.type === 'step.started') started.add(event.step);
      // A step that was passed over ends without having started: nothing was done, so nothing is said.
      if (event.type === 'step.finished' && !started.has(event.step)) return [];
      return noticesOf(event, progress);
    },
  };
}

function noticesOf(event: Event, progress: Progress): readonly Notice[] {
  switch (event.type) {
    case 'plan.started':
      return event.plan.kept.map(subject => ({ id: printable(subjectText(subject)), status: 'done', text: 'Running' }));
    case 'step.started':
      return started(event, progress);
    case 'step.finished':
      return finished(event, progress);
    case 'step.progressed':
      return progressed(event, progress);
    case 'step.failed':
      return failed(event, progress);
    default:
      return [];
  }
}

function subjectId(step: StepId, progress: Progress): string {
  const words = progress.steps.get(step);
  return printable((words && progress.subjects[words.subject]?.key) ?? step);
}

/** Words that the reference leaves out: it tells of these only once they are done. */
const unannounced = new Set(['Pausing', 'Unpausing']);

function started(event: EventOf<'step.started'>, progress: Progress): readonly Notice[] {
  const text = progress.steps.get(event.step)?.doing;
  return text && !unannounced.has(text) ? [{ id: subjectId(event.step, progress), status: 'working', text }] : [];
}

/** Notes that replace the usual word; any other note is for those who read events. */
const endings = new Set(['Healthy', 'Exited', 'Skipped', 'Running', 'Started', 'Warning', 'Interrupted']);

function finished(event: EventOf<'step.finished'>, progress: Progress): readonly Notice[] {
  const usual = progress.steps.get(event.step)?.done;
  if (!usual) return [];
  const id = subjectId(event.step, progress);
  const [first = '', ...rest] = printable(event.note ?? '').split(' ');
  if (!endings.has(first)) return [{ id, status: 'done', text: usual }];
  const status = first === 'Skipped' || first === 'Warning' ? 'warning' : 'done';
  return [{ id, status, text: first, ...(rest.length > 0 ? { details: rest.join(' ') } : {}) }];
}

function progressed(event: EventOf<'step.progressed'>, progress: Progress): readonly Notice[] {
  if (progress.steps.get(event.step)?.says === 'nothing') return [];
  const text = printable(event.text);
  const id = subjectId(event.step, progress);
  if (event.part === undefined) return text ? [{ id, status: 'working', text }] : [];
  const amounts = {
    ...(event.done === undefined ? {} : { done: event.done }),
    ...(event.total === undefined ? {} : { total: event.total }),
  };
  return [{ id: printable(event.part), parent: id, status: 'working', text, ...amounts }];
}

function failed(event: EventOf<'step.failed'>, progress: Progress): readonly Notice[] {
  const details = maskUrls(printable(event.diagnostic.message.split('\n')[0] ?? ''));
  const [status, text] = event.tolerated ? (['warning', 'Warning'] as const) : (['error', 'Error'] as const);
  return progress.steps.get(event.step)?.done ? [{ id: subjectId(event.step, progress), status, text, details }] : [];
}
