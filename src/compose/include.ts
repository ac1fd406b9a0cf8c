// include (loader.md §3.4): whole projects, loaded on their own, whose resources come into the including document before it extends and merges.
import path from 'node:path';
import type { Report } from '../diagnostics/report.ts';
import { suggest } from '../diagnostics/suggest.ts';
import { child, type Mapping, mappingNode, type Node, withEntry, withoutEntry } from '../document/node.ts';
import type { Path } from '../document/path.ts';
import { originSpan } from '../source/origin.ts';
import type { Span } from '../source/span.ts';
import { readEnvFiles, type Variables, withFallbacks } from './environment.ts';
import { equalNodes, mergeNodes } from './merge.ts';
import { type Including, isRemote, type LoadContext, type Model, type Scope } from './scope.ts';
import { clearPaths } from './tags.ts';

export interface IncludeOptions {
  readonly scope: Scope;
  readonly context: LoadContext;
  /** The files that led here, the one whose document this is last. */
  readonly chain: readonly Including[];
  /** What the document's own tags clear. */
  readonly cleared: readonly Path[];
  /** Loads files as a project of their own, up to absolute paths. */
  readonly load: (files: readonly string[], scope: Scope, chain: readonly Including[]) => Promise<Model>;
}

interface Inclusion {
  readonly paths: readonly string[];
  readonly projectDirectory?: string;
  readonly envFiles: readonly string[];
  /** Where the path is written, and where the env files are. */
  readonly span?: Span | undefined;
  readonly envSpan?: Span | undefined;
}

const kinds = ['services', 'volumes', 'networks', 'secrets', 'configs', 'models'];

/** The document with everything that it includes, and without its `include`. Where both define a thing, the document is merged over it. */
export async function applyIncludes(document: Mapping, options: IncludeOptions): Promise<Model> {
  const { report } = options.context;
  const listed = child(document, 'include');
  let result = withoutEntry(document, 'include');
  const sourced = new Map<string, string>();
  if (!listed || (listed.kind === 'scalar' && listed.type === 'null')) return { document: result, sourced };
  if (listed.kind !== 'sequence') {
    const shown = listed.kind === 'scalar' ? listed.text : 'a mapping';
    report.add('include.syntax', {
      message: `\`include\` must be a list, got ${shown}`,
      span: originSpan(listed.origin),
      hint: listed.kind === 'scalar' ? `Write a list: [${listed.text}].` : 'Write a list, each path on a line of its own after "- ".',
    });
    options.context.broken = true;
    return { document: result, sourced };
  }
  for (const item of listed.items) {
    if (item.kind === 'scalar' && item.type === 'null') continue;
    const inclusion = readInclusion(item, report);
    const included = inclusion && (await loadInclusion(inclusion, options));
    if (!included) {
      options.context.broken = true;
      continue;
    }
    for (const [key, value] of included.sourced) sourced.set(key, value);
    result = importResources(included.document, result, options);
  }
  return { document: result, sourced };
}

/** One item of the list; undefined after reporting. */
function readInclusion(item: Node, report: Report): Inclusion | undefined {
  const span = originSpan(item.origin);
  if (item.kind === 'scalar' && item.type === 'string') return { paths: [item.value], envFiles: [], span };
  const wrong = (message: string, place: Span | undefined) => {
    report.add('include.syntax', { message, span: place, hint: 'Write the path of a Compose file.' });
    return undefined;
  };
  if (item.kind !== 'mapping') return wrong('an item of include must be a path, or a mapping with path', span);
  const known = ['path', 'project_directory', 'env_file'];
  for (const entry of item.entries.values()) {
    if (known.includes(entry.key) || entry.key.startsWith('x-')) continue;
    report.add('include.unknown-key', {
      message: `include has no key "${entry.key}"; it is ignored`,
      span: entry.keySpan,
      hint: hintForKey(entry.key, known),
    });
  }
  const paths = texts(child(item, 'path'));
  const envFiles = texts(child(item, 'env_file'));
  const directory = child(item, 'project_directory');
  if (!paths) return wrong('include.path must be a path or a list of paths', originSpan(child(item, 'path')!.origin));
  if (!envFiles) return wrong('include.env_file must be a path or a list of paths', originSpan(child(item, 'env_file')!.origin));
  if (directory && directory.kind !== 'scalar') return wrong('include.project_directory must be a path', originSpan(directory.origin));
  const projectDirectory = directory?.type === 'string' ? directory.value : '';
  const places = { span: originSpan((child(item, 'path') ?? item).origin), envSpan: originSpan((child(item, 'env_file') ?? item).origin) };
  return { paths, envFiles, ...places, ...(projectDirectory ? { projectDirectory } : {}) };
}

function hintForKey(key: string, known: readonly string[]): string {
  const near = suggest(key, known);
  return near === undefined ? `Write ${known.join(', ').replace(/, (\w+)$/, ' or $1')}, or remove it.` : `Write "${near}".`;
}

/** A text or a list of texts; empty where there is nothing, undefined where it is neither. */
function texts(node: Node | undefined): readonly string[] | undefined {
  if (!node || (node.kind === 'scalar' && node.type === 'null')) return [];
  const items = node.kind === 'sequence' ? node.items : [node];
  const found = items.flatMap(item => (item.kind === 'scalar' && item.type === 'string' ? [item.value] : []));
  return found.length === items.length ? found : undefined;
}

async function loadInclusion(inclusion: Inclusion, options: IncludeOptions): Promise<Model | undefined> {
  const { scope, context, chain } = options;
  const { report } = context;
  const remote = inclusion.paths.find(isRemote);
  if (remote !== undefined) {
    report.add('request.not-yet', {
      message: `include of "${remote}": files from git repositories and registries are not yet in fig`,
      span: inclusion.span,
      hint: 'Fetch the files, and include them by a path.',
    });
    return undefined;
  }
  const files = inclusion.paths.map(file => path.resolve(scope.directory, file));
  const [main] = files;
  if (main === undefined) return { document: mappingNode([], { how: 'defaulted', rule: 'include' }), sourced: new Map() };
  const earlier = chain.findIndex(one => one.file === main);
  if (earlier !== -1) {
    reportCycle([...chain.slice(0, -1), { ...chain.at(-1)!, span: inclusion.span }], earlier, main, report);
    return undefined;
  }
  const directory =
    inclusion.projectDirectory === undefined ? path.dirname(main) : path.resolve(scope.directory, inclusion.projectDirectory);
  const variables = await includedVariables(inclusion, directory, options);
  const key = JSON.stringify([files, directory, context.numberOf(variables)]);
  const known = context.includes.get(key);
  if (known) return known;
  const included = options.load(files, { directory, pathBase: await pathBaseOf(inclusion, directory, options), variables }, [
    ...chain.slice(0, -1),
    { ...chain.at(-1)!, span: inclusion.span },
  ]);
  context.includes.set(key, included);
  return included;
}

/**
 * What relative paths of an included project become. A project directory that is not there stands for the folder it would be in, as in the
 * reference.
 */
async function pathBaseOf({ projectDirectory }: Inclusion, directory: string, { scope, context }: IncludeOptions): Promise<string> {
  const { request, reader } = context;
  if (projectDirectory !== undefined && path.isAbsolute(projectDirectory)) return directory;
  const isThere = projectDirectory === undefined || (await reader.kind(directory)) === 'directory';
  const base = isThere ? directory : path.dirname(directory);
  return request.skip.pathResolution ? path.relative(scope.directory, base) || '.' : base;
}

/** The including file's variables, and below them those of the inclusion's `env_file`, else of `.env` in its project directory. */
async function includedVariables(inclusion: Inclusion, directory: string, { scope, context }: IncludeOptions): Promise<Variables> {
  const { reader, report } = context;
  const named = inclusion.envFiles.filter(file => file !== '/dev/null').map(file => path.resolve(scope.directory, file));
  const usual = path.join(directory, '.env');
  const files = inclusion.envFiles.length > 0 ? named : (await reader.kind(usual)) === 'file' ? [usual] : [];
  return withFallbacks(scope.variables, await readEnvFiles(files, scope.variables, { reader, report, span: inclusion.envSpan }));
}

function reportCycle(chain: readonly Including[], earlier: number, main: string, report: Report): void {
  const files = [...chain.map(one => one.file), main];
  report.add('include.cycle', {
    message: `include cycle detected:\n${files[0]}${files
      .slice(1)
      .map(file => `\n include ${file}`)
      .join('')}`,
    span: chain[earlier]?.span,
    related: chain
      .slice(earlier + 1)
      .flatMap((one, index) => (one.span ? [{ span: one.span, message: `includes ${files[earlier + index + 2]}` }] : [])),
    hint: 'Remove one of these includes.',
  });
}

function importResources(source: Mapping, target: Mapping, { context, cleared }: IncludeOptions): Mapping {
  let result = target;
  for (const kind of kinds) {
    const from = child(source, kind);
    if (from?.kind !== 'mapping') continue;
    const to = child(result, kind);
    if (to?.kind === 'sequence') continue; // The schema says so.
    const entries = new Map(to?.kind === 'mapping' ? to.entries : []);
    for (const [name, entry] of from.entries) {
      const own = entries.get(name);
      if (!own) entries.set(name, entry);
      else if (!equalNodes(entry.value, own.value)) {
        const wrapped = mappingNode([[kind, mappingNode([[name, entry.value]], from.origin)]], from.origin);
        const base = child(child(clearPaths(wrapped, cleared), kind), name);
        if (base)
          entries.set(name, { ...own, value: mergeNodes(base, own.value, { mode: 'merged', report: context.report, path: [kind, name] }) });
      }
    }
    result = withEntry(result, kind, { kind: 'mapping', entries, origin: to?.origin ?? from.origin });
  }
  return result;
}
