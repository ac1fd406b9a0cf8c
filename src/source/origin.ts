// How a value came to be. It travels with every node and every model value, so that messages, `why` and plans can name a place.
import type { Span } from './span.ts';

export type Origin =
  | { readonly how: 'written'; readonly span: Span }
  | { readonly how: 'interpolated'; readonly variable: string; readonly set: Origin | 'environment'; readonly base: Origin }
  /** `over` won over `base`: a later file (merged) or an extending service (inherited). */
  | { readonly how: 'merged' | 'inherited'; readonly base: Origin; readonly over: Origin }
  | { readonly how: 'defaulted'; readonly rule: string };

/** The text a reader would change to change the value, or undefined for a value nobody wrote. */
export function originSpan(origin: Origin): Span | undefined {
  switch (origin.how) {
    case 'written':
      return origin.span;
    case 'interpolated':
      return originSpan(origin.base);
    case 'merged':
    case 'inherited':
      return originSpan(origin.over) ?? originSpan(origin.base);
    case 'defaulted':
      return undefined;
  }
}

/** The line of an env file that sets the variable in a value, as the other place of a message about the value; none where none does. */
export function settingOf(origin: Origin): readonly { readonly span: Span; readonly message: string }[] {
  if (origin.how === 'merged' || origin.how === 'inherited') return settingOf(origin.over);
  if (origin.how !== 'interpolated' || origin.set === 'environment') return [];
  const span = originSpan(origin.set);
  return span ? [{ span, message: `${origin.variable} is set here` }] : [];
}
