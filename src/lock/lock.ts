// Lock, the port through which one fig learns that another one works on the same project; and the lines that the two exchange.
// It is advice: whoever cannot have it may go on, since the engine itself settles who was first.

/** One of two figs, as the other is told of it. */
export interface Party {
  /** As typed, without its arguments: `fig up`. */
  readonly command: string;
  /** The id of its process. */
  readonly process: number;
  /** Whether it ends, as at the first Ctrl+C, when another one asks for that. */
  readonly yields: boolean;
}

/** What is locked. */
export interface LockKey {
  /** The address of the engine. */
  readonly engine: string;
  readonly project: string;
  /** Another lock of the same project: it keeps nobody waiting, and tells who may be asked to end. */
  readonly aside?: true;
}

export interface Hold {
  release(): void;
}

/** A connection to whoever holds a lock. */
export interface Meeting {
  /** undefined: it does not say who it is within a second, or not in words that this fig knows. */
  readonly holder: Party | undefined;
  /** Resolves once it has let go, or its process is gone. */
  readonly over: Promise<void>;
  /** Asks it to end. */
  cancel(): void;
  leave(): void;
}

/** The locks of this user on this machine. */
export interface Locks {
  /** Becomes another value whenever anybody takes or leaves a lock; a reader of the engine can tell by it whether it read alone. */
  trace(): string;
  /** What takes them; loaded only now, for most commands have nothing to do. */
  open(): Promise<Lock>;
}

export interface Lock {
  /** Takes a lock, at once or not at all. `none`: this machine has no place for locks. `cancelled` is called when another fig asks for the end. */
  take(key: LockKey, self: Omit<Party, 'process'>, cancelled: (by: Party) => void): Hold | 'taken' | 'none';
  /** Goes to whoever holds a lock; undefined: nobody does any more. What a killed process has left is taken away. */
  meet(key: LockKey, self: Omit<Party, 'process'>): Promise<Meeting | undefined>;
}

/** The most characters that a line has; more are not read. */
export const longestLine = 1024;

/** What a holder says to everybody who comes, and what somebody says who wants it to end: one line of JSON. */
export function partyLine({ command, process, yields }: Party): string {
  return `${JSON.stringify({ fig: 1, command, process, yields })}\n`;
}

/** Reads such a line; undefined for anything else. */
export function readParty(line: string): Party | undefined {
  const told = parsed(line);
  if (typeof told !== 'object' || told === null) return undefined;
  const { fig, command, process, yields } = told as Record<string, unknown>;
  if (fig !== 1 || typeof command !== 'string' || command.length > 100 || !Number.isSafeInteger(process)) return undefined;
  return { command, process: process as number, yields: yields === true };
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
