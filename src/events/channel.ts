// Channel: one writer, many readers. Whoever asks late is told everything from the beginning; nobody can hold up the writer.
import type { Event, EventBody } from './event.ts';

export interface Channel {
  /** Numbers and dates the body and hands it to all readers. Does nothing once the channel has ended. */
  emit(body: EventBody): void;
  end(): void;
  /** Ends with an error, which all readers throw once they have read what came before. */
  fail(error: unknown): void;
  /** All events from the first on; each call is a reader of its own. */
  read(): AsyncIterable<Event>;
}

/** A link of the chain that readers walk; what no reader can reach any more is collected. The first link holds no event. */
interface Link {
  readonly event?: Event;
  next?: Link;
}

/** Events that come without end, a long pull's or those of a container that restarts again and again; of others a plan makes only so many. */
const passing: ReadonlySet<EventBody['type']> = new Set<EventBody['type']>([
  'step.progressed',
  'container.attached',
  'container.exited',
  'container.recreated',
]);

/**
 * A new channel. `now` gives milliseconds since 1970. Of what passes (progress, and what becomes of containers) only the last `keepPassing`
 * are kept for readers who come late; every other event is kept for all.
 */
export function createChannel(now: () => number, keepPassing = 2000): Channel {
  let head: Link = {};
  let tail = head;
  let sequence = 0;
  let passed = 0;
  let ended: { readonly error?: unknown } | undefined;
  let wake: (() => void) | undefined;
  let change = new Promise<void>(resolve => (wake = resolve));

  const stir = () => {
    wake?.();
    change = new Promise<void>(resolve => (wake = resolve));
  };

  /** A chain for late readers without the older half of what passes; readers under way keep the old one, which shares its last link. */
  const thin = () => {
    const fresh: Link = {};
    let last = fresh;
    let spare = Math.ceil(keepPassing / 2);
    passed -= spare;
    for (let link = head.next; link && link !== tail; link = link.next) {
      if (link.event && passing.has(link.event.type) && spare > 0) {
        spare--;
        continue;
      }
      last = last.next = link.event ? { event: link.event } : {};
    }
    last.next = tail;
    head = fresh;
  };

  return {
    emit(body) {
      if (ended) return;
      tail = tail.next = { event: { sequence: ++sequence, at: now(), ...body } };
      if (passing.has(body.type) && ++passed > keepPassing) thin();
      stir();
    },
    end() {
      ended ??= {};
      stir();
    },
    fail(error) {
      ended ??= { error };
      stir();
    },
    async *read() {
      let at = head;
      for (;;) {
        while (at.next) {
          at = at.next;
          if (at.event) yield at.event;
        }
        if (ended) {
          if ('error' in ended) throw ended.error;
          return;
        }
        await change;
      }
    },
  };
}
