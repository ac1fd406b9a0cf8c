// Turns: commands that change the same project on this machine go one after the other, as far as the lock can tell.
// Correctness never hangs on it: the engine refuses what has been done already, and the next run settles the rest.
import { type Code, severityOf } from '../diagnostics/codes.ts';
import type { Hold, Lock, LockKey, Locks, Meeting, Party } from '../lock/lock.ts';
import type { Intent } from '../plan/intent.ts';
import { type RunContext, unless } from './run-handle.ts';

export interface Turns {
  readonly locks: Locks;
  /** As others are told of this one: `fig up`. */
  readonly command: string;
  /** false: it neither asks others to end nor ends for others, since the reference would not. */
  readonly cancels: boolean;
  /** The project whose turn this is part of: a provider of that project, say, called this fig. In it, it takes no turn of its own. */
  readonly within?: string;
  /** Resolves after so many milliseconds, or never once the signal has fired. */
  readonly after: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** A turn that was had, with the lock or without it. */
export interface Turn extends Hold {
  /** Others may have changed the project since `since`: what was observed is no longer true. */
  readonly isLate: boolean;
  /**
   * Lets others have their turn, since this command only waits from now on, perhaps for what one of them does. It may still be asked to
   * end (one command at a time, for each project). Does nothing the second time.
   */
  stepAside(): void;
}

/** It is said for whom a command waits after so long. */
const sayMs = 1000;
/** Nobody is waited for any longer: where fig differs from the reference, it is by this at the most. */
const patienceMs = 60_000;
/** What is asked to end lets its last calls finish; longer than this it is not waited for. */
const lastCallsMs = 10_000;
/** How often a lock may be gone as soon as one looks, before it is done without. */
const mostMisses = 5;

/** Intents that end things: they wait for nobody, and ask whoever brings the project up to end. Other signals than these end nothing. */
export function isEnding(intent: Intent): boolean {
  if (intent.kind === 'kill') return /^(SIG)?(KILL|TERM|INT|QUIT|9|15|2|3)$/i.test(intent.signal);
  return intent.kind === 'stop' || intent.kind === 'down';
}

/** Whether an intent takes turns at all: images may be pulled and built beside anything, and a signal be sent. */
export function takesTurns(intent: Intent): boolean {
  return intent.kind !== 'pull' && intent.kind !== 'build' && (intent.kind !== 'kill' || isEnding(intent));
}

/** Waits for the turn of an intent. `since` is the locks' trace from before the project was observed; undefined: it was not yet. */
export async function takeTurn(context: RunContext, turns: Turns, key: LockKey, intent: Intent, since: string | undefined): Promise<Turn> {
  if (turns.within === key.project) return withoutLock(false);
  const ends = isEnding(intent);
  const over = new AbortController();
  const lock = await turns.locks.open();
  const self = { command: turns.command, yields: turns.cancels && !ends };
  const waiting: Waiting = { context, turns, key, lock, self, over: over.signal };
  try {
    // First who has its turn, then who stepped aside: on its way from the one to the other it is found at one of them.
    const turn = await queue(waiting, ends, since);
    if (ends) await visit(waiting, { ...key, aside: true }, meeting => sendAway(meeting, waiting)).catch(released(turn));
    return turn;
  } finally {
    over.abort();
  }
}

interface Waiting {
  readonly context: RunContext;
  readonly turns: Turns;
  readonly key: LockKey;
  readonly lock: Lock;
  readonly self: Omit<Party, 'process'>;
  /** Fires when nothing is waited for any more. */
  readonly over: AbortSignal;
  patience?: Promise<void>;
}

async function queue(waiting: Waiting, ends: boolean, since: string | undefined): Promise<Turn> {
  const { context, turns, key, lock, self } = waiting;
  let isLate = false;
  for (let misses = 0; misses < mostMisses; ) {
    isLate ||= turns.locks.trace() !== since;
    const hold = lock.take(key, self, by => yieldTo(by, context, key));
    if (hold === 'none') return withoutLock(isLate);
    if (hold !== 'taken') return withLock(hold, isLate, waiting);
    isLate = true;
    const isFree = await visit(waiting, key, meeting => (ends ? sendAway(meeting, waiting) : waitFor(meeting, waiting)));
    if (isFree === false) return withoutLock(true);
    misses = isFree ? 0 : misses + 1;
  }
  return withoutLock(true);
}

function withoutLock(isLate: boolean): Turn {
  return { isLate, stepAside: () => undefined, release: () => undefined };
}

function withLock(hold: Hold, isLate: boolean, { context, key, lock, self }: Waiting): Turn {
  // undefined: released, which may happen once only, for another one may have the lock by then.
  let own: Hold | undefined = hold;
  let isAside = false;
  const release = () => {
    own?.release();
    own = undefined;
  };
  return {
    isLate,
    stepAside() {
      if (isAside) return;
      isAside = true;
      const aside = self.yields ? lock.take({ ...key, aside: true }, self, by => yieldTo(by, context, key)) : 'none';
      release();
      if (typeof aside !== 'string') own = aside;
    },
    release,
  };
}

function released(turn: Turn): (reason: unknown) => never {
  return reason => {
    turn.release();
    throw reason;
  };
}

/** Speaks with whoever holds a lock, and leaves again. Resolves to what came of it; undefined: nobody holds it any more. */
async function visit<T>({ context, lock, self }: Waiting, key: LockKey, talk: (meeting: Meeting) => Promise<T>): Promise<T | undefined> {
  const met = lock.meet(key, self);
  const meeting = await unless(context.asked, met).catch(reason => {
    void met.then(late => late?.leave());
    throw reason;
  });
  if (!meeting) return undefined;
  try {
    return await unless(context.asked, talk(meeting));
  } finally {
    meeting.leave();
  }
}

/** Asks the holder to end, where it can be asked, and waits for its last calls. Resolves to whether the lock is free. */
async function sendAway(meeting: Meeting, { context, turns, key, over }: Waiting): Promise<boolean> {
  const { holder } = meeting;
  if (!turns.cancels || !holder?.yields) return false;
  say(context, 'request.busy', `asked ${partyText(holder)} to end, which works on project "${key.project}"`);
  meeting.cancel();
  return Promise.race([meeting.over.then(() => true), turns.after(lastCallsMs, over).then(() => false)]);
}

/** Waits for the holder, and says so after a while. Resolves to whether the lock is free. */
async function waitFor(meeting: Meeting, waiting: Waiting): Promise<boolean> {
  const { context, turns, key, over } = waiting;
  waiting.patience ??= turns.after(patienceMs, over);
  const free = meeting.over.then(() => true);
  const isShort = await Promise.race([free, turns.after(sayMs, over).then(() => false)]);
  if (isShort) return true;
  const holder = meeting.holder ? partyText(meeting.holder) : 'a command that does not say its name';
  say(context, 'request.busy', `waiting for ${holder}, which works on project "${key.project}"`);
  const isFree = await Promise.race([free, waiting.patience.then(() => false)]);
  if (!isFree) {
    const told = `going on beside ${holder}, which has worked on project "${key.project}" for longer than ${patienceMs / 1000} s`;
    say(context, 'request.busy', told);
  }
  return isFree;
}

/** Ends as at the first Ctrl+C; one that is ending already is not hurried. */
function yieldTo(by: Party, context: RunContext, key: LockKey): void {
  if (context.asked.aborted) return;
  say(context, 'request.cancelled', `${partyText(by)} asked for the end of this command on project "${key.project}"`);
  context.interrupt();
}

function partyText({ command, process }: Party): string {
  return `"${command}" (process ${process})`;
}

function say(context: RunContext, code: Code, message: string): void {
  context.emit({ type: 'warning', diagnostic: { code, severity: severityOf(code), message, related: [] } });
}
