// Attributes of the root that are no section of their own.
import type { Attribute } from './attribute.ts';

export const rootAttributes: readonly Attribute[] = [
  // Obsolete: validation warns of it, and nothing after that sees it.
  { at: 'version', canonical: () => undefined },
];
