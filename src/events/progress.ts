// Progress: the fold of the events, and so the whole state that any view shows. Pure; runs unchanged in the browser.
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Operation, OperationKind, StepId } from '../plan/operation.ts';
import { type Plan, type Step, type StepSubject, subjectText } from '../plan/plan.ts';
import type { Event } from './event.ts';

export type SubjectState = 'waiting' | 'working' | 'done' | 'warning' | 'failed' | 'skipped';

/** A layer of an image, or a step of a build. */
export interface PartProgress {
  readonly name: string;
  readonly text: string;
  /** Bytes, where known. */
  readonly done?: number;
  readonly total?: number;
}

/** One network, volume, image or container, through all steps that are about it. */
export interface SubjectProgress {
  /** `Container shop-web-1`. */
  readonly key: string;
  readonly subject: StepSubject;
  readonly state: SubjectState;
  /** What scripts look for: `Creating`, `Created`, `Healthy`…; empty before the first step. */
  readonly text: string;
  /** Why, where something went wrong or was left out. */
  readonly details?: string;
  /** Milliseconds since 1970. */
  readonly startedAt?: number;
  readonly endedAt?: number;
  readonly parts: readonly PartProgress[];
  /** Steps about it that have not ended. */
  readonly left: number;
  /** The step whose event was the last to change it. */
  readonly step?: StepId;
}

/** What the fold has to know of a step: where it shows, and with which words. */
interface StepWords {
  readonly subject: number;
  /** Empty: the step shows nothing of its own. */
  readonly doing: string;
  readonly done: string;
  /** What the step says while it lasts: a build's result, news of the subject, or what only those who read events are told. */
  readonly says: 'result' | 'news' | 'nothing';
}

export interface Progress {
  readonly project: string;
  readonly outcome: 'pending' | 'running' | 'succeeded' | 'failed' | 'interrupted';
  /** In the order of the plan. */
  readonly subjects: readonly SubjectProgress[];
  /** The index of the subject that the last event changed; undefined where it changed none. */
  readonly changed?: number;
  readonly startedAt?: number;
  readonly endedAt?: number;
  readonly warnings: readonly Diagnostic[];
  readonly failures: readonly Diagnostic[];
  /** Sequence number of the last event folded in. */
  readonly sequence: number;
  readonly steps: ReadonlyMap<StepId, StepWords>;
  readonly places: ReadonlyMap<string, number>;
}

export const noProgress: Progress = {
  project: '',
  outcome: 'pending',
  subjects: [],
  warnings: [],
  failures: [],
  sequence: 0,
  steps: new Map(),
  places: new Map(),
};

/** The reference's words for each kind of operation; two empty words where it shows nothing. */
const words: Readonly<Record<OperationKind, readonly [doing: string, done: string]>> = {
  'network.create': ['Creating', 'Created'],
  'network.remove': ['Removing', 'Removed'],
  'network.connect': ['', ''],
  'network.disconnect': ['', ''],
  'volume.create': ['Creating', 'Created'],
  'volume.remove': ['Removing', 'Removed'],
  'image.pull': ['Pulling', 'Pulled'],
  'image.build': ['Building', 'Built'],
  'image.remove': ['Removing', 'Removed'],
  decide: ['', ''],
  'container.create': ['Creating', 'Created'],
  'container.rename': ['', ''],
  'container.start': ['Starting', 'Started'],
  'container.stop': ['Stopping', 'Stopped'],
  'container.restart': ['Restarting', 'Started'],
  'container.kill': ['Killing', 'Killed'],
  'container.pause': ['Pausing', 'Paused'],
  'container.unpause': ['Unpausing', 'Unpaused'],
  'container.remove': ['Removing', 'Removed'],
  'container.wait': ['Waiting', 'Healthy'],
  'hook.run': ['', ''],
  'hook.contain': ['', ''],
  'hook.clear': ['', ''],
  'provider.run': ['Creating', 'Created'],
  'model.prepare': ['', 'Configured'],
  'model.status': ['', ''],
};

const providerWords = { up: words['provider.run'], stop: words['container.stop'], down: words['container.remove'] } as const;

/**
 * The words of a step. Replacing a container is one story to the reader, as it is in the reference: `Recreate` when the new one is made,
 * `Recreated` once it bears the name, and nothing of the old one's end in between.
 */
function wordsOf(operation: Operation, replacing: boolean): readonly [string, string] {
  if (operation.kind === 'provider.run') return providerWords[operation.action];
  if (!replacing) return words[operation.kind];
  switch (operation.kind) {
    case 'container.create':
      return ['Recreate', ''];
    case 'container.stop':
    case 'container.remove':
      return ['', ''];
    case 'container.rename':
      return ['', 'Recreated'];
    default:
      return words[operation.kind];
  }
}

/** Hooks speak for themselves where logs are shown. */
function says(kind: OperationKind): StepWords['says'] {
  if (kind === 'image.build') return 'result';
  return kind === 'hook.run' || kind === 'hook.contain' ? 'nothing' : 'news';
}

/** Steps by the keys of what they are about, for those subjects that one of the steps replaces. */
function replacedKeys(steps: readonly Step[]): ReadonlySet<string> {
  const keys = new Set<string>();
  for (const { operation, subject } of steps)
    if (operation.kind === 'container.create' && operation.replaces) keys.add(subjectText(subject));
  return keys;
}

/** Makes room for steps: O(steps added + subjects). */
function addSteps(progress: Progress, added: readonly Step[]): Progress {
  const subjects = [...progress.subjects];
  const places = new Map(progress.places);
  const steps = new Map(progress.steps);
  const replaced = replacedKeys(added);
  for (const step of added) {
    const key = subjectText(step.subject);
    const [doing, done] = wordsOf(step.operation, replaced.has(key));
    const place = places.get(key) ?? subjects.length;
    const before = subjects[place];
    places.set(key, place);
    // A step that shows nothing (a decision, a connection) gives no line of its own, but holds its subject's line open where there is one.
    subjects[place] = before
      ? { ...before, left: before.left + 1, state: before.left === 0 && before.state !== 'failed' ? 'waiting' : before.state }
      : { key, subject: step.subject, state: 'waiting', text: '', parts: [], left: 1 };
    steps.set(step.id, { subject: place, doing, done, says: says(step.operation.kind) });
  }
  return { ...progress, subjects, places, steps };
}

function begin(progress: Progress, plan: Plan, at: number): Progress {
  const places = new Map(progress.places);
  const subjects = [...progress.subjects];
  for (const subject of plan.kept) {
    const key = subjectText(subject);
    const place = places.get(key) ?? subjects.length;
    places.set(key, place);
    subjects[place] = { key, subject, state: 'done', text: 'Running', parts: [], left: 0, startedAt: at, endedAt: at };
  }
  const started = { ...progress, project: plan.project, outcome: 'running' as const, subjects, places, steps: new Map() };
  return addSteps({ ...started, startedAt: progress.startedAt ?? at }, plan.steps);
}

/** Changes one subject: a copy of the list of references, nothing else. */
function change(progress: Progress, step: StepId, to: (subject: SubjectProgress, words: StepWords) => SubjectProgress): Progress {
  const known = progress.steps.get(step);
  const subject = known && progress.subjects[known.subject];
  if (!subject) return progress;
  const subjects = progress.subjects.slice();
  subjects[known.subject] = { ...to(subject, known), step };
  return { ...progress, subjects, changed: known.subject };
}

/** How a subject stands once one more of its steps has ended well. */
function settle(subject: SubjectProgress, at: number, state: SubjectState): SubjectProgress {
  const left = subject.left - 1;
  const worst = subject.state === 'failed' || subject.state === 'skipped' || subject.state === 'warning' ? subject.state : state;
  return { ...subject, left, state: left > 0 && worst === 'done' ? 'working' : worst, ...(left === 0 ? { endedAt: at } : {}) };
}

function withPart(parts: readonly PartProgress[], part: PartProgress): readonly PartProgress[] {
  const at = parts.findIndex(({ name }) => name === part.name);
  return at === -1 ? [...parts, part] : parts.with(at, part);
}

/**
 * The next progress. Pure, and cheap enough for every event of the largest project: O(1) but for a copy of the list of subjects;
 * only `plan.started` and `plan.extended` look at whole plans. An event that was folded already is ignored, so that a reader who
 * connects again may be sent some twice.
 */
export function reduce(previous: Progress, event: Event): Progress {
  if (event.sequence <= previous.sequence) return previous;
  const { changed: _, ...rest } = previous;
  const progress: Progress = { ...rest, sequence: event.sequence };
  switch (event.type) {
    case 'plan.started':
      return begin(progress, event.plan, event.at);
    case 'plan.extended':
      return addSteps(progress, event.steps);
    case 'step.started':
      return change(progress, event.step, (subject, { doing }) => ({
        ...subject,
        state: subject.state === 'failed' ? 'failed' : 'working',
        text: doing || subject.text,
        startedAt: subject.startedAt ?? event.at,
      }));
    case 'step.progressed':
      return change(progress, event.step, subject => {
        const { part, text, done, total } = event;
        if (part === undefined) return { ...subject, details: text };
        return {
          ...subject,
          parts: withPart(subject.parts, {
            name: part,
            text,
            ...(done === undefined ? {} : { done }),
            ...(total === undefined ? {} : { total }),
          }),
        };
      });
    case 'step.finished':
      return change(progress, event.step, (subject, { done }) => {
        const { details: __, ...plain } = settle(subject, event.at, 'done');
        return { ...plain, text: done === '' || event.note === '' ? subject.text : (event.note ?? done) };
      });
    case 'step.failed': {
      const next = change(progress, event.step, subject => ({
        ...settle({ ...subject, state: event.tolerated ? 'warning' : 'failed' }, event.at, 'warning'),
        text: event.tolerated ? 'Warning' : 'Error',
        details: event.diagnostic.message,
        endedAt: event.at,
      }));
      return event.tolerated
        ? { ...next, warnings: [...next.warnings, event.diagnostic] }
        : { ...next, failures: [...next.failures, event.diagnostic] };
    }
    case 'step.skipped':
      return change(progress, event.step, subject => ({
        ...settle({ ...subject, state: subject.state === 'failed' ? 'failed' : 'skipped' }, event.at, 'skipped'),
        details: event.because === 'interrupted' ? 'interrupted' : `after ${event.because} failed`,
      }));
    case 'plan.finished':
      return { ...progress, outcome: event.outcome, endedAt: event.at };
    case 'warning':
      return { ...progress, warnings: [...progress.warnings, event.diagnostic] };
    case 'attaching':
    case 'stopping':
    case 'container.exited':
    case 'container.attached':
    case 'container.recreated':
      return progress;
  }
}
