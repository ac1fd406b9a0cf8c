// The import table of the architecture: who may import whom, third-party packages in their one place, pure folders, no cycles.
import { posix } from 'node:path';
import { describe, expect, test } from 'vitest';
import { filesBelow, place, type Source, withoutComments } from '../rig/sources.ts';

/** Folder → folders it may import, itself apart. `types` may be imported as types only. */
const table: Record<string, { readonly may: readonly string[]; readonly types?: readonly string[] }> = {
  source: { may: [] },
  graph: { may: [] },
  diagnostics: { may: ['source'] },
  document: { may: ['source', 'diagnostics'] },
  model: { may: ['source', 'graph'] },
  compose: { may: ['source', 'graph', 'diagnostics', 'document', 'model'] },
  exporters: { may: ['diagnostics', 'document', 'model'] },
  plan: { may: ['source', 'graph', 'diagnostics', 'model', 'exporters'] },
  engine: { may: ['diagnostics', 'model'] },
  lock: { may: [] },
  events: { may: ['diagnostics', 'plan'] },
  // source: a failure is given the place of the service it served.
  execute: { may: ['source', 'diagnostics', 'model', 'plan', 'engine', 'events'] },
  follow: { may: ['source', 'diagnostics', 'model', 'plan', 'engine', 'events'] },
  api: {
    may: [
      'source',
      'graph',
      'diagnostics',
      'document',
      'model',
      'compose',
      'exporters',
      'plan',
      'engine',
      'lock',
      'events',
      'execute',
      'follow',
    ],
  },
  // Pure functions that callers need as fig itself does: folding events, reading values, "did you mean".
  'index.ts': {
    may: ['api', 'events', 'diagnostics', 'model'],
    types: ['plan', 'source', 'compose', 'engine', 'lock', 'execute', 'follow'],
  },
  view: { may: ['source', 'diagnostics', 'model', 'plan', 'events'] },
  cli: { may: ['index.ts', 'view'] },
  'main.ts': { may: ['cli', 'index.ts'], types: ['view'] },
};

/** Third-party package → the files that may import it. */
const packages: Record<string, RegExp> = {
  toposort: /^src\/graph\/order\.ts$/,
  yaml: /^src\/document\//,
  'js-yaml': /^src\/document\//,
  dockerode: /^src\/engine\/docker\//,
  chalk: /^src\/view\/theme\.ts$/,
  listr2: /^src\/view\/tasks\.ts$/,
};

/** Files that decide and do nothing else, and the node: modules they may use. */
const pure = (path: string): readonly string[] | undefined => {
  if (path.startsWith('src/engine/payload/')) return ['node:path', 'node:path/posix', 'node:crypto', 'node:zlib'];
  if (path.startsWith('src/source/readers/')) return undefined;
  const folder = path.split('/')[1] ?? '';
  const folders = ['source', 'graph', 'diagnostics', 'document', 'model', 'compose', 'exporters', 'plan', 'events'];
  return folders.includes(folder) ? ['node:path', 'node:path/posix', 'node:crypto'] : undefined;
};

interface Import {
  readonly from: Source;
  readonly specifier: string;
  readonly typesOnly: boolean;
  /** `import()`: followed when the program comes to it, not when it is loaded. */
  readonly onDemand: boolean;
  readonly place: string;
}

const sources = filesBelow('src');

const imports: readonly Import[] = sources.flatMap(from => {
  const found: Import[] = [];
  const code = withoutComments(from.text);
  const statements =
    /^(?:import|export)\s+(type\s+)?(?:[\w*{][^;'"]*?\sfrom\s+)?['"]([^'"]+)['"]|\b(typeof\s+)?import\(\s*['"]([^'"]+)['"]\s*\)/gm;
  for (const match of code.matchAll(statements)) {
    const specifier = match[2] ?? match[4];
    if (specifier === undefined) continue;
    found.push({
      from,
      specifier,
      typesOnly: (match[1] ?? match[3]) !== undefined,
      onDemand: match[4] !== undefined && match[3] === undefined,
      place: place(from, match.index),
    });
  }
  return found;
});

const isLocal = (specifier: string) => specifier.startsWith('.');
const target = (one: Import) => posix.join(posix.dirname(one.from.path), one.specifier);
const owner = (path: string) => path.split('/')[1] ?? '';

describe('imports', () => {
  test('are found at all', () => {
    expect(imports.length).toBeGreaterThan(sources.length / 2);
  });

  test('keep to the table of folders', () => {
    const wrong = imports
      .filter(isLocalImport)
      .filter(one => target(one).startsWith('src/'))
      .filter(one => {
        const [from, to] = [owner(one.from.path), owner(target(one))];
        if (from === to) return false;
        const row = table[from];
        return !row || !(row.may.includes(to) || (one.typesOnly && row.types?.includes(to)));
      });
    expect(wrong.map(one => `${one.place} imports ${target(one)}`)).toEqual([]);
  });

  test('of our own files name existing files, with their ending', () => {
    const known = new Set(sources.map(({ path }) => path));
    const wrong = imports
      .filter(isLocalImport)
      .filter(one => target(one).startsWith('src/') && !known.has(target(one)) && !target(one).endsWith('.json'));
    expect(wrong.map(one => `${one.place} imports ${target(one)}`)).toEqual([]);
  });

  test('of packages stand in the one place each package has', () => {
    const wrong = imports
      .filter(one => !isLocal(one.specifier) && !one.specifier.startsWith('node:'))
      .filter(one => {
        const name = one.specifier.split('/')[0] ?? '';
        return !packages[name]?.test(one.from.path);
      });
    expect(wrong.map(one => `${one.place} imports ${one.specifier}`)).toEqual([]);
  });

  test('of node: modules keep out of the pure folders, but for paths and digests', () => {
    const wrong = imports
      .filter(one => one.specifier.startsWith('node:'))
      .filter(one => {
        const allowed = pure(one.from.path);
        return allowed !== undefined && !allowed.includes(one.specifier);
      });
    expect(wrong.map(one => `${one.place} imports ${one.specifier}`)).toEqual([]);
  });

  test('form no cycle, types included', () => {
    const edges = new Map<string, string[]>();
    for (const one of imports.filter(isLocalImport).filter(found => !found.onDemand))
      edges.set(one.from.path, [...(edges.get(one.from.path) ?? []), target(one)]);
    const done = new Set<string>();
    const cycles: string[] = [];
    const walk = (file: string, path: readonly string[]): void => {
      const at = path.indexOf(file);
      if (at !== -1) {
        cycles.push([...path.slice(at), file].join(' → '));
        return;
      }
      if (done.has(file)) return;
      for (const next of edges.get(file) ?? []) walk(next, [...path, file]);
      done.add(file);
    };
    for (const { path } of sources) walk(path, []);
    expect(cycles).toEqual([]);
  });
});

function isLocalImport(one: Import): boolean {
  return isLocal(one.specifier);
}

describe('pure folders', () => {
  test('read no clock, no environment and no randomness, and hold no state', () => {
    const effects =
      /\bprocess\.|\bDate\.now\b|\bnew Date\(\)|\bperformance\.now\b|\bMath\.random\b|\brandom(?:Bytes|UUID)\b|\bset(?:Timeout|Interval)\(|^let\s/gm;
    const wrong = sources
      .filter(({ path }) => pure(path) !== undefined)
      .flatMap(source =>
        [...withoutComments(source.text).matchAll(effects)].map(match => `${place(source, match.index)} ${match[0].trim()}`),
      );
    expect(wrong).toEqual([]);
  });
});
