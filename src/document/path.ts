// Paths into a tree (`services.web.ports[0]`) and patterns over them (`services.*.ports.[]`).

/** From the root down: keys of mappings as text, places in sequences as numbers. */
export type Path = readonly (string | number)[];

/** A path as messages show it: `services.web.ports[0]`. */
export function formatPath(path: Path): string {
  return path.map((part, index) => (typeof part === 'number' ? `[${part}]` : index === 0 ? part : `.${part}`)).join('');
}

/** A pattern split into parts: `*` matches any key, `[]` any place in a sequence, `**` ends a pattern and matches all that is left. */
export type Pattern = readonly string[];

/** `services.*.ports.[]` → its parts. Patterns are written by fig only, so a dot always divides. */
export function parsePattern(text: string): Pattern {
  return text.split('.');
}

/** Whether a pattern describes a path, from its first part to its last. */
export function matches(pattern: Pattern, path: Path): boolean {
  for (let i = 0; i < pattern.length; i++) {
    const wanted = pattern[i];
    if (wanted === '**') return path.length >= i;
    const found = path[i];
    if (found === undefined) return false;
    if (typeof found === 'number' ? wanted !== '[]' : wanted !== '*' && wanted !== found) return false;
  }
  return pattern.length === path.length;
}
