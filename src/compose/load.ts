// The loader: files → project. Read this first: `loadProject` is the list of stages, `Assembly.document` the list of passes over one document.
// Every pass reports and goes on; what was found wrong is taken out for the passes after it. There is one gate, at the end.
import { dirname, relative } from 'node:path';
import type { Report } from '../diagnostics/report.ts';
import { createReport } from '../diagnostics/report.ts';
import { type StagedReport, stagedReport } from '../diagnostics/stages.ts';
import { child, type Mapping, mappingNode, type Node, stringNode, withEntry } from '../document/node.ts';
import { parseDocuments } from '../document/parse.ts';
import { named } from '../model/named.ts';
import type { Project } from '../model/project.ts';
import { type Origin, originSpan } from '../source/origin.ts';
import type { SourceReader } from '../source/reader.ts';
import { readSource } from '../source/reader.ts';
import type { Span } from '../source/span.ts';
import { canonicalise } from './canonical.ts';
import { fillDefaults } from './defaults.ts';
import { type Discovery, discover, type ProjectName, projectName, withProjectName } from './discover.ts';
import {
  processVariables,
  resolveEnvFiles,
  resolveLabelFiles,
  resolveListedVariables,
  type SourcedValues,
  sourcedValues,
  type Variables,
  withSourcedValues,
} from './environment.ts';
import { applyExtends } from './extends.ts';
import { applyIncludes } from './include.ts';
import { interpolate } from './interpolate.ts';
import { deduplicate, mergeNodes } from './merge.ts';
import { normalise } from './normalise.ts';
import { resolvePaths } from './paths.ts';
import { dropUnused, knownProfiles, selectServices, splitByProfiles } from './profiles.ts';
import { toProject } from './project.ts';
import { checkReferences } from './references.ts';
import type { Loaded, LoadRequest, VariableUse } from './request.ts';
import type { ExtendedFile, Including, LoadContext, Model, Scope } from './scope.ts';
import { clearPaths, extractTags } from './tags.ts';
import { combineUses, variablesOf } from './template.ts';
import { validate } from './validate.ts';
import { withoutWrong } from './wrong.ts';

const nowhere: Origin = { how: 'defaulted', rule: 'empty document' };

/** Loads the project that a request asks for, through a reader. Everything that is wrong is collected; an EngineFailure cannot occur here. */
export async function loadProject(request: LoadRequest, reader: SourceReader): Promise<Loaded> {
  const report = stagedReport(createReport());
  const files = remembering(reader);
  const found = await discover(request, files, report);
  if (!found) return { ok: false, diagnostics: report.all() };
  const assembly = new Assembly(request, files, report, found);
  const name = await assembly.name();
  const model = await assembly.model(found.files, assembly.scope(name), []);
  const document = await complete(model.document, name, assembly);
  const project = await resolveProject(document, model.sourced, name, assembly);
  if (report.failed) return { ok: false, diagnostics: report.all() };
  return {
    ok: true,
    project,
    document,
    variables: variableUses(request.skip.interpolation ? [document] : await assembly.written()),
    knownProfiles: knownProfiles(project),
    warnings: report.all(),
  };
}

/** The reader, asked once for each file: one content for all passes, and standard input can be read once only. */
function remembering(reader: SourceReader): SourceReader {
  const texts = new Map<string, ReturnType<SourceReader['read']>>();
  return {
    ...reader,
    read(path) {
      const known = texts.get(path) ?? reader.read(path);
      texts.set(path, known);
      return known;
    },
  };
}

/** Brings documents of one load together, and holds what the load has read so far. */
class Assembly {
  readonly request: LoadRequest;
  readonly report: StagedReport;
  readonly found: Discovery;
  readonly context: LoadContext;
  private readonly parsed = new Map<string, Promise<readonly Mapping[] | undefined>>();

  constructor(request: LoadRequest, reader: SourceReader, report: StagedReport, found: Discovery) {
    this.request = request;
    this.report = report;
    this.found = found;
    const numbers = new Map<Variables, number>();
    const numberOf = (variables: Variables) => {
      const known = numbers.get(variables) ?? numbers.size;
      numbers.set(variables, known);
      return known;
    };
    this.context = { request, reader, report, warned: new Set(), broken: false, includes: new Map(), extended: new Map(), numberOf };
  }

  /** The name of the project; the files are parsed for it, and interpolated only there. */
  async name(): Promise<ProjectName> {
    let written: Node | undefined;
    for (const file of this.found.files) {
      for (const document of (await this.documents(file)) ?? []) {
        const name = child(document, 'name');
        if (name?.kind === 'scalar' && name.text !== '') written = name;
      }
    }
    if (written && !this.request.skip.interpolation) {
      const { report } = this;
      const { variables } = this.found;
      written = child(interpolate(mappingNode([['name', written]], nowhere), { variables, report, warned: this.context.warned }), 'name');
    }
    const text = written?.kind === 'scalar' ? String(written.value) : undefined;
    const name = await projectName(this.found, text, this.context);
    if (name.name === '' && !this.request.skip.validation) {
      this.report.add('project.empty-name', {
        message: 'project name must not be empty',
        span: written && originSpan(written.origin),
        hint: 'Give a name with -p, or write a name that has a letter or a digit.',
      });
    }
    return name;
  }

  scope({ name }: ProjectName): Scope {
    const { directory } = this.found;
    return { directory, pathBase: directory, variables: this.variables(name) };
  }

  /** What the passes over documents know. Without interpolation that is the name alone: what a file leaves to the environment stays open. */
  variables(name: string): Variables {
    return withProjectName(this.request.skip.interpolation ? processVariables(named()) : this.found.variables, name);
  }

  /** Files brought together into one document in canonical form, paths absolute: those of the project, or of one include. */
  async model(files: readonly string[], scope: Scope, chain: readonly Including[]): Promise<Model> {
    let document = mappingNode([], nowhere);
    const sourced = new Map<string, string>();
    for (const file of files) {
      const documents = await this.documents(file, chain.at(-1)?.span);
      for (const next of documents ?? []) document = await this.document(document, next, [...chain, { file }], scope, sourced);
    }
    document = fillDefaults(document);
    if (chain.length > 0 || !this.request.skip.pathResolution) document = await this.withPaths(document, scope);
    for (const [key, value] of sourcedValues(document, scope.variables)) sourced.set(key, value);
    return { document, sourced };
  }

  /** The passes over one document, up to its place in what the documents before it made. */
  private async document(before: Mapping, written: Mapping, chain: readonly Including[], scope: Scope, sourced: Map<string, string>) {
    const { context, report, request } = this;
    const { file } = chain.at(-1)!;
    const { document: plain, cleared } = extractTags(written);
    const interpolated = this.interpolated(plain, scope);
    const included = await applyIncludes(interpolated, { scope, context, chain, cleared, load: (...args) => this.model(...args) });
    for (const [key, value] of included.sourced) sourced.set(key, value);
    const load = (base: string, scope: Scope, from: Span | undefined) => this.extended(base, scope, from);
    const extended = await applyExtends(included.document, { file, scope, context, cleared, load });
    let document = mergeNodes(clearPaths(before, cleared), extended, { mode: 'merged', report }) as Mapping;
    document = deduplicate(document, report);
    report.nextStage();
    if (!request.skip.validation) {
      validate(document, report);
      document = this.withoutWrong(document);
    }
    return this.canonical(document, scope);
  }

  private canonical(document: Mapping, { variables }: Scope): Mapping {
    const { report, request } = this;
    const options = { report, uninterpolated: request.skip.interpolation };
    return this.withoutWrong(deduplicate(canonicalise(resolveListedVariables(document, variables), options), report));
  }

  private interpolated(document: Mapping, { variables }: Scope): Mapping {
    const { warned } = this.context;
    return this.request.skip.interpolation ? document : interpolate(document, { variables, report: this.report, warned });
  }

  /** The services of a file that others extend: its documents brought together, without includes and checks. */
  private async extended(file: string, scope: Scope, from: Span | undefined): Promise<ExtendedFile | undefined> {
    const documents = await this.documents(file, from);
    if (!documents) return undefined;
    let result = mappingNode([], nowhere);
    let cleared: ExtendedFile['cleared'] = [];
    for (const written of documents) {
      const tagged = extractTags(written);
      cleared = tagged.cleared;
      const over = this.interpolated(tagged.document, scope);
      const merged = mergeNodes(clearPaths(result, cleared), over, { mode: 'merged', report: this.report }) as Mapping;
      result = this.canonical(deduplicate(merged, this.report), scope);
    }
    const directory = dirname(file);
    const pathBase = this.request.skip.pathResolution ? relative(scope.directory, directory) || '.' : directory;
    const services = child(await this.withPaths(result, { ...scope, pathBase }), 'services');
    if (services?.kind === 'mapping') return { services, cleared };
    const what = services ? 'services must be a mapping' : 'no services section';
    this.report.add('extends.syntax', {
      message: `cannot extend a service of ${file}: ${what}`,
      span: services ? originSpan(services.origin) : from,
    });
    return undefined;
  }

  private async withPaths(document: Mapping, { pathBase }: Scope): Promise<Mapping> {
    const { home } = this.request;
    return resolvePaths(document, { directory: pathBase, home, realPath: path => this.context.reader.realPath(path) });
  }

  /** The documents of a file, each a mapping; undefined after reporting. `from` is the place that names the file. */
  private documents(file: string, from?: Span | undefined): Promise<readonly Mapping[] | undefined> {
    const known = this.parsed.get(file) ?? this.parse(file, from);
    this.parsed.set(file, known);
    return known;
  }

  private async parse(file: string, from: Span | undefined): Promise<readonly Mapping[] | undefined> {
    const { report, context } = this;
    const source = await readSource(context.reader, file);
    if ('failed' in source) {
      const reason = source.failed === 'directory' ? `${file} is a directory` : `open ${file}: ${source.text}`;
      const message = this.found.files.includes(file) ? `compose file "${file}" is invalid: ${reason}` : reason;
      report.add(source.failed === 'too-large' ? 'files.too-large' : 'files.unreadable', { message, span: from });
      context.broken = true;
      return undefined;
    }
    const before = report.wrong.length;
    const documents = await parseDocuments(source, report);
    const mappings = documents.filter(document => document.kind === 'mapping');
    for (const document of documents) {
      if (document.kind === 'mapping') continue;
      report.add('yaml.root-type', {
        message: `${file}: top-level object must be a mapping`,
        span: originSpan(document.origin),
        hint: 'Begin with services:, and name each service below it.',
      });
    }
    if (report.wrong.length === before) return mappings;
    context.broken = true;
    return mappings.length > 0 ? mappings : undefined;
  }

  /** The document without what is wrong so far. A service or resource that goes this way is missed by others, who are not to blame. */
  withoutWrong(document: Mapping): Mapping {
    const { report, context } = this;
    report.nextStage();
    const clean = withoutWrong(document, report.wrong);
    if (clean !== document) {
      for (const [section, { value }] of document.entries) {
        const left = child(clean, section);
        if (sizeOf(left) !== sizeOf(value)) context.broken = true;
      }
    }
    return clean;
  }

  /** All documents as they were written. */
  async written(): Promise<readonly Mapping[]> {
    return (await Promise.all(this.parsed.values())).flatMap(documents => documents ?? []);
  }
}

const sizeOf = (node: Node | undefined) => (node?.kind === 'mapping' ? node.entries.size : 0);

/** The last passes over the whole document. */
async function complete(document: Mapping, { name }: ProjectName, assembly: Assembly): Promise<Mapping> {
  const { request, report } = assembly;
  if (document.entries.size === 0 && !report.failed) {
    report.add('project.empty', { message: 'empty compose file', hint: 'Begin with services:, and name each service below it.' });
  }
  if (request.skip.normalization) return document;
  const { values: environment } = assembly.variables(name);
  const text = stringNode(name, child(document, 'name')?.origin ?? { how: 'defaulted', rule: 'project name' });
  return normalise(withEntry(document, 'name', text), { projectName: name, environment, report });
}

/** The project of a document, with what takes part, what it refers to, and what files give its services. */
async function resolveProject(document: Mapping, sourced: SourcedValues, name: ProjectName, assembly: Assembly): Promise<Project> {
  const { request, report, context, found } = assembly;
  const { values: environment } = withProjectName(found.variables, name.name);
  const { directory, files, envFiles } = found;
  const facts = { ...name, directory, files, envFiles, environment, profiles: activeProfiles(request, environment) };
  const compatibility = request.compatibility || isTrue(environment['COMPOSE_COMPATIBILITY']);
  // Without interpolation the values of a document mean nothing yet: there is only the document.
  const readable = request.skip.interpolation ? mappingNode([], nowhere) : assembly.withoutWrong(document);
  let project = withSourcedValues({ ...toProject(readable, facts, report), ...(compatibility ? { compatibility } : {}) }, sourced);
  project = splitByProfiles(project, facts.profiles);
  report.nextStage();
  if (!request.skip.consistency) checkReferences(project, report.failed ? onlyReferences(report, context.broken) : report);
  if (!report.failed) project = selectServices(project, request, report);
  if (!request.allResources) project = dropUnused(project);
  const source = { reader: context.reader, report, directory: request.workingDirectory };
  if (!request.skip.envResolution) project = await resolveEnvFiles(project, source);
  return resolveLabelFiles(project, source);
}

/** `--profile`, else COMPOSE_PROFILES. */
function activeProfiles(request: LoadRequest, environment: Project['environment']): readonly string[] {
  if (request.profiles.length > 0) return request.profiles;
  const named = (environment['COMPOSE_PROFILES'] ?? '').split(',').map(profile => profile.trim());
  return named.filter(profile => profile !== '');
}

const isTrue = (text: string | undefined) => ['1', 't', 'true', 'y'].includes((text ?? '').trim().toLowerCase());

/** Of a document with errors in it, only names that are nowhere declared are worth a word, and only where nothing was lost. */
function onlyReferences(report: Report, isBroken: boolean): Report {
  return {
    add(code, finding) {
      if (!isBroken && (code.startsWith('reference.') || code === 'graph.cycle')) report.add(code, finding);
    },
    failed: true,
    all: () => report.all(),
  };
}

function variableUses(documents: readonly Mapping[]): readonly VariableUse[] {
  const uses = (node: Node): readonly VariableUse[] => {
    if (node.kind === 'mapping') return [...node.entries.values()].flatMap(entry => uses(entry.value));
    if (node.kind === 'sequence') return node.items.flatMap(uses);
    return node.type === 'string' && node.value.includes('$') ? variablesOf(node.value) : [];
  };
  return combineUses(documents.flatMap(uses));
}
