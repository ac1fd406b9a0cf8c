// Flags: the table of a command's options, and the parser that reads arguments by it. The rules and error sentences are pflag's,
// since scripts rely on them: `--name=value`, `-abc` groups, `--`, flags anywhere, or only before the first argument.

/** One option. `T` is what a command gets: the fallback where the option was not given. */
export interface Flag<T = unknown> {
  readonly kind: 'bool' | 'text' | 'texts' | 'int';
  readonly help: string;
  readonly fallback: T;
  /** One letter. */
  readonly short?: string;
  /** What stands for the value in the help; none for a bool. */
  readonly placeholder?: string;
  /** The default as the help shows it, where it is worth a word. */
  readonly shownDefault?: string;
  /** Taken, but not shown in the help. */
  readonly hidden?: true;
  /** The value of a flag that is given without one; a bool has `true`. */
  readonly bareValue?: string;
  /** The reference has it, fig not yet: said so when it is given. */
  readonly notYet?: true;
}

/** Keys are camel case and give the flag's name: `removeOrphans` is `--remove-orphans`. */
export type FlagTable = Readonly<Record<string, Flag>>;

/** What a command reads: the value of each flag of its table. */
export type FlagValues<F extends FlagTable> = { readonly [K in keyof F]: F[K] extends Flag<infer T> ? T : never };

type Extras = Omit<Flag, 'kind' | 'help' | 'fallback'>;

/** A switch: `--x`, `--x=false`. */
export function bool(help: string, extras: Extras & { readonly fallback?: boolean } = {}): Flag<boolean> {
  return { kind: 'bool', help, fallback: false, bareValue: 'true', ...extras };
}

/** A switch that knows whether it was given: undefined where it was not. */
export function optionalBool(help: string, extras: Extras = {}): Flag<boolean | undefined> {
  return { kind: 'bool', help, fallback: undefined, bareValue: 'true', ...extras };
}

/** A text; undefined where it was not given. */
export function text(help: string, extras: Extras = {}): Flag<string | undefined> {
  return { kind: 'text', help, fallback: undefined, placeholder: 'string', ...extras };
}

/** A text with a default. */
export function textOr(fallback: string, help: string, extras: Extras = {}): Flag<string> {
  return { kind: 'text', help, fallback, placeholder: 'string', ...extras };
}

/** A text that may be given more than once, in order. */
export function texts(help: string, extras: Extras = {}): Flag<readonly string[]> {
  return { kind: 'texts', help, fallback: [], placeholder: 'stringArray', ...extras };
}

/** An integer; undefined where it was not given. */
export function int(help: string, extras: Extras = {}): Flag<number | undefined> {
  return { kind: 'int', help, fallback: undefined, placeholder: 'int', ...extras };
}

/** The flag marked as one that only the reference has. */
export function notYet<T>(flag: Flag<T>): Flag<T> {
  return { ...flag, notYet: true };
}

/** `removeOrphans` → `remove-orphans`. */
export function flagName(key: string): string {
  return key.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`);
}

export type Parsed =
  | {
      readonly ok: true;
      readonly values: Readonly<Record<string, unknown>>;
      /** Keys of the flags that were given. */
      readonly given: ReadonlySet<string>;
      /** What is not a flag. */
      readonly rest: readonly string[];
      readonly help: boolean;
    }
  | { readonly ok: false; readonly message: string; readonly unknown?: string };

/** Thrown and caught in this file only: the first thing wrong with the arguments, in pflag's words. */
class BadArguments extends Error {
  readonly unknown: string | undefined;

  constructor(message: string, unknown?: string) {
    super(message);
    this.unknown = unknown;
  }
}

/**
 * Reads `args` by a table. `interspersed` false: the first argument that is no flag ends the flags (`run`, `exec`, and the options before
 * the command). `--help` is known everywhere.
 */
export function parseFlags(table: FlagTable, args: readonly string[], interspersed: boolean): Parsed {
  const reading = new Reading(table, args, interspersed);
  try {
    reading.run();
  } catch (error) {
    if (!(error instanceof BadArguments)) throw error;
    return { ok: false, message: error.message, ...(error.unknown === undefined ? {} : { unknown: error.unknown }) };
  }
  return { ok: true, values: reading.values, given: reading.given, rest: reading.rest, help: reading.values['help'] === true };
}

/** One walk over the arguments. */
class Reading {
  readonly values: Record<string, unknown> = {};
  readonly given = new Set<string>();
  readonly rest: string[] = [];
  readonly #byName = new Map<string, { readonly key: string; readonly flag: Flag }>();
  readonly #byLetter = new Map<string, { readonly key: string; readonly flag: Flag }>();
  readonly #args: readonly string[];
  readonly #interspersed: boolean;
  #at = 0;

  constructor(table: FlagTable, args: readonly string[], interspersed: boolean) {
    this.#args = args;
    this.#interspersed = interspersed;
    for (const [key, flag] of Object.entries<Flag>({ help: helpFlag, ...table })) {
      this.values[key] = flag.fallback;
      this.#byName.set(flagName(key), { key, flag });
      if (flag.short) this.#byLetter.set(flag.short, { key, flag });
    }
  }

  run(): void {
    while (this.#at < this.#args.length) {
      const arg = this.#args[this.#at++] as string;
      if (arg === '--') {
        this.rest.push(...this.#args.slice(this.#at));
        return;
      }
      if (arg.startsWith('--')) this.#long(arg);
      else if (arg.startsWith('-') && arg.length > 1) this.#letters(arg.slice(1));
      else if (this.#interspersed) this.rest.push(arg);
      else {
        this.rest.push(...this.#args.slice(this.#at - 1));
        return;
      }
    }
  }

  #long(arg: string): void {
    const equals = arg.indexOf('=');
    const name = equals === -1 ? arg.slice(2) : arg.slice(2, equals);
    if (name === '' || name.startsWith('-')) throw new BadArguments(`bad flag syntax: ${arg}`);
    const found = this.#byName.get(name);
    if (!found) throw new BadArguments(`unknown flag: --${name}`, name);
    if (equals !== -1) this.#set(found.key, found.flag, arg.slice(equals + 1));
    else if (found.flag.bareValue !== undefined) this.#set(found.key, found.flag, found.flag.bareValue);
    else if (this.#at < this.#args.length) this.#set(found.key, found.flag, this.#args[this.#at++] as string);
    else throw new BadArguments(`flag needs an argument: ${arg}`);
  }

  #letters(group: string): void {
    let letters = group;
    while (letters !== '') letters = this.#letter(letters);
  }

  /** Reads the first of some letters, and returns those that are still to be read: none where the rest was its value. */
  #letter(letters: string): string {
    const letter = letters[0] as string;
    const found = this.#byLetter.get(letter);
    if (!found) throw new BadArguments(`unknown shorthand flag: '${letter}' in -${letters}`);
    const rest = letters.slice(1);
    if (rest.length > 1 && rest.startsWith('=')) {
      this.#set(found.key, found.flag, rest.slice(1));
      return '';
    }
    if (found.flag.bareValue !== undefined) {
      this.#set(found.key, found.flag, found.flag.bareValue);
      return rest;
    }
    if (rest === '' && this.#at === this.#args.length) throw new BadArguments(`flag needs an argument: '${letter}' in -${letters}`);
    this.#set(found.key, found.flag, rest === '' ? (this.#args[this.#at++] as string) : rest);
    return '';
  }

  #set(key: string, flag: Flag, value: string): void {
    const read = readValue(flag, value);
    if (typeof read === 'object') {
      const shown = flag.short ? `-${flag.short}, --${flagName(key)}` : `--${flagName(key)}`;
      throw new BadArguments(`invalid argument ${JSON.stringify(value)} for "${shown}" flag: ${read.wrong}`);
    }
    this.values[key] = flag.kind === 'texts' ? [...(this.given.has(key) ? (this.values[key] as string[]) : []), read] : read;
    this.given.add(key);
  }
}

const helpFlag = bool('Show what the command does', { short: 'h', hidden: true });

function readValue(flag: Flag, value: string): string | number | boolean | { readonly wrong: string } {
  switch (flag.kind) {
    case 'bool':
      return readBool(value);
    case 'int':
      return readInt(value);
    case 'text':
    case 'texts':
      return value;
  }
}

function readBool(value: string): boolean | { readonly wrong: string } {
  if (/^(1|t|T|true|TRUE|True)$/.test(value)) return true;
  if (/^(0|f|F|false|FALSE|False)$/.test(value)) return false;
  return { wrong: `strconv.ParseBool: parsing ${JSON.stringify(value)}: invalid syntax` };
}

/** Go's ParseInt with base 0: a sign, then decimal, 0x…, 0o… or 0…, 0b…; underscores between digits. */
function readInt(value: string): number | { readonly wrong: string } {
  const wrong = (why: string) => ({ wrong: `strconv.ParseInt: parsing ${JSON.stringify(value)}: ${why}` });
  const match =
    /^([+-]?)(0[xX]_?[\da-fA-F]+(?:_[\da-fA-F]+)*|0[oO]?_?[0-7]+(?:_[0-7]+)*|0[bB]_?[01]+(?:_[01]+)*|[1-9]\d*(?:_\d+)*|0)$/.exec(value);
  if (!match) return wrong('invalid syntax');
  const digits = (match[2] as string).replaceAll('_', '').replace(/^0(?=[0-7])/, '0o');
  const magnitude = BigInt(digits);
  const result = match[1] === '-' ? -magnitude : magnitude;
  if (result > 2n ** 63n - 1n || result < -(2n ** 63n)) return wrong('value out of range');
  return Number(result);
}
