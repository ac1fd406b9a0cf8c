// Brings the documents of one load together: the list of passes over one document, up to its place in what the documents before it made.
// load.ts drives it; include.ts and extends.ts come back to it for the files they name.
import { dirname, relative } from 'node:path';
import type { StagedReport } from '../diagnostics/stages.ts';
import { child, type Mapping, mappingNode, type Node } from '../document/node.ts';
import { parseDocuments } from '../document/parse.ts';
import { named } from '../model/named.ts';
import { type Origin, originSpan } from '../source/origin.ts';
import { readSource, type SourceReader } from '../source/reader.ts';
import type { Span } from '../source/span.ts';
import { canonicalise } from './canonical.ts';
import { fillDefaults } from './defaults.ts';
import { type Discovery, type ProjectName, projectName, withProjectName } from './discover.ts';
import { processVariables, resolveListedVariables, sourcedValues, type Variables } from './environment.ts';
import { applyExtends } from './extends.ts';
import { applyIncludes } from './include.ts';
import { interpolate } from './interpolate.ts';
import { deduplicate, mergeNodes } from './merge.ts';
import { isOldDocument, modernise, noteOldFile, oldServices, outlined, refuseOldOverride } from './old-files.ts';
import { resolvePaths } from './paths.ts';
import type { LoadRequest } from './request.ts';
import type { Asked, ExtendedFile, Including, LoadContext, Model, Scope } from './scope.ts';
import { clearPaths, extractTags, type Tagged } from './tags.ts';
import { createRoom } from './template.ts';
import { validate } from './validate.ts';
import { withoutWrong } from './wrong.ts';

/** The origin of documents that nobody wrote. */
export const nowhere: Origin = { how: 'defaulted', rule: 'empty document' };

const sizeOf = (node: Node | undefined) => (node?.kind === 'mapping' ? node.entries.size : 0);

/** Holds what one load has read and found so far. */
export class Assembly {
  readonly request: LoadRequest;
  readonly report: StagedReport;
  readonly found: Discovery;
  readonly context: LoadContext;
  /** The place that names a file first, for files that others include or extend. */
  readonly named = new Map<string, Span>();
  private readonly parsed = new Map<string, Promise<readonly Mapping[] | undefined>>();
  private readonly outlines = new Map<string, Promise<readonly Mapping[] | undefined>>();

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
    this.context = {
      request,
      reader,
      report,
      warned: new Set(),
      room: createRoom(),
      broken: false,
      includes: new Map(),
      extended: new Map(),
      old: new Map(),
      numberOf,
    };
  }

  /** The name of the project; the files are parsed for it, and interpolated only there. */
  async name(): Promise<ProjectName> {
    let written: Node | undefined;
    for (const file of this.found.files) {
      for (const document of (await this.documents(file, { mayBeOld: true })) ?? []) {
        const name = child(document, 'name');
        if (name?.kind === 'scalar' && name.text !== '') written = name;
      }
    }
    if (written && !this.request.skip.interpolation) {
      const { variables } = this.found;
      written = child(interpolate(mappingNode([['name', written]], nowhere), { ...this.context, variables }), 'name');
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
      const documents = await this.documents(file, { from: chain.at(-1)?.span, mayBeOld: chain.length === 0 });
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
    const { document: opened, cleared } = this.opened(written, scope);
    const included = await applyIncludes(opened, { scope, context, chain, cleared, load: (...args) => this.model(...args) });
    for (const [key, value] of included.sourced) sourced.set(key, value);
    this.checkServices(before, included.document);
    const load = (base: string, scope: Scope, asked: Asked) => this.extended(base, scope, asked);
    const isOld = context.old.has(written);
    const extended = await applyExtends(included.document, { file, scope, context, cleared, isOld, load });
    let document = mergeNodes(clearPaths(before, cleared), extended, { mode: 'merged', report }) as Mapping;
    document = deduplicate(document, report);
    report.nextStage();
    if (!request.skip.validation) {
      validate(document, report);
      document = this.withoutWrong(document);
    }
    return this.canonical(document, scope);
  }

  /** A later document's `services:` without a value would be lost in what came before it; the reference refuses it. */
  private checkServices(before: Mapping, document: Mapping) {
    const services = document.entries.get('services');
    if (!before.entries.has('services') || services?.value.kind !== 'scalar' || services.value.type !== 'null') return;
    this.report.add('schema.type', {
      message: 'services: must be a mapping, not empty',
      span: services.keySpan,
      hint: 'Name each of the services below it, indented.',
    });
  }

  private canonical(document: Mapping, { variables }: Scope): Mapping {
    const { report, request } = this;
    const options = { report, uninterpolated: request.skip.interpolation };
    return this.withoutWrong(deduplicate(canonicalise(resolveListedVariables(document, variables), options), report));
  }

  /** A document with its tags taken out and its variables put in, in today's form. */
  private opened(written: Mapping, { variables }: Scope): Tagged {
    const { context, report, request } = this;
    const tagged = extractTags(written);
    const document = request.skip.interpolation ? tagged.document : interpolate(tagged.document, { ...context, variables });
    const services = context.old.get(written);
    if (!services) return { ...tagged, document };
    const modern = modernise(document, services, report);
    return { document: modern.document, cleared: [...tagged.cleared, ...modern.cleared] };
  }

  /** The services of a file that others extend: its documents brought together, without includes and checks. */
  private async extended(file: string, scope: Scope, asked: Asked): Promise<ExtendedFile | undefined> {
    const documents = await this.documents(file, asked);
    if (!documents) return undefined;
    let result = mappingNode([], nowhere);
    let cleared: ExtendedFile['cleared'] = [];
    for (const written of documents) {
      const opened = this.opened(written, scope);
      cleared = opened.cleared;
      const merged = mergeNodes(clearPaths(result, cleared), opened.document, { mode: 'merged', report: this.report }) as Mapping;
      result = this.canonical(deduplicate(merged, this.report), scope);
    }
    const directory = dirname(file);
    const pathBase = this.request.skip.pathResolution ? relative(scope.directory, directory) || '.' : directory;
    const services = child(await this.withPaths(result, { ...scope, pathBase }), 'services');
    if (services?.kind === 'mapping') return { services, cleared, isOld: documents.some(document => this.context.old.has(document)) };
    const what = services ? 'services must be a mapping' : 'no services section';
    this.report.add('extends.syntax', {
      message: `cannot extend a service of ${file}: ${what}`,
      span: services ? originSpan(services.origin) : asked.from,
      hint: 'Begin the file with services:, and name each service below it.',
    });
    return undefined;
  }

  private async withPaths(document: Mapping, { pathBase }: Scope): Promise<Mapping> {
    const { home } = this.request;
    return resolvePaths(document, { directory: pathBase, home, realPath: path => this.context.reader.realPath(path) });
  }

  /** The documents of a file, each a mapping, old ones outlined where there may be such; undefined after reporting. */
  private async documents(file: string, { from, mayBeOld }: Asked): Promise<readonly Mapping[] | undefined> {
    if (from && !this.named.has(file) && !this.found.files.includes(file)) this.named.set(file, from);
    if (!mayBeOld) return this.parse(file, from);
    const known = this.outlines.get(file) ?? this.outlined(file, from);
    this.outlines.set(file, known);
    return known;
  }

  /** The documents of a file as they are, but for old ones: their services are put where those of today are. */
  private async outlined(file: string, from: Span | undefined): Promise<readonly Mapping[] | undefined> {
    const { context, report } = this;
    const documents = await this.parse(file, from);
    if (!documents || documents.every(document => document.entries.has('services'))) return documents;
    const beside = new Set(await this.oldServices());
    const services = new Set([...beside, ...oldServices(documents, file)]);
    const below = beside.size === 0 ? await this.servicesBelow(file) : new Set<string>();
    return documents.flatMap(document => {
      if (!isOldDocument(document, file, beside)) {
        if (!isOldDocument(document, file, below)) return [document];
        refuseOldOverride(document, file, report);
        return [];
      }
      if (context.old.size === 0) noteOldFile(document, file, this.found.files, report);
      const made = outlined(document, file);
      context.old.set(made, services);
      return [made];
    });
  }

  /** The services of the files of today that a file of the project lies over. */
  private async servicesBelow(file: string): Promise<ReadonlySet<string>> {
    const { files } = this.found;
    const parsed = await Promise.all(files.slice(0, Math.max(0, files.indexOf(file))).map(below => this.parse(below, undefined)));
    const sections = parsed.flatMap(documents => documents ?? []).map(document => child(document, 'services'));
    return new Set(sections.flatMap(section => (section?.kind === 'mapping' ? [...section.entries.keys()] : [])));
  }

  /** The services of all old files of the project, which are known to each of them. */
  private async oldServices(): Promise<readonly string[]> {
    const files = await Promise.all(this.found.files.map(async file => oldServices((await this.parse(file, undefined)) ?? [], file)));
    return files.flat();
  }

  private parse(file: string, from: Span | undefined): Promise<readonly Mapping[] | undefined> {
    const known = this.parsed.get(file) ?? this.read(file, from);
    this.parsed.set(file, known);
    return known;
  }

  private async read(file: string, from: Span | undefined): Promise<readonly Mapping[] | undefined> {
    const { report, context } = this;
    const source = await readSource(context.reader, file);
    if ('failed' in source) {
      const reason = source.failed === 'directory' ? `${file} is a directory` : `open ${file}: ${source.text}`;
      const message = this.found.files.includes(file)
        ? `compose file "${file}" is invalid: ${reason}`
        : `cannot read the file that is named here: ${reason}`;
      report.add(source.failed === 'too-large' ? 'files.too-large' : 'files.unreadable', {
        message,
        span: from,
        hint: from ? 'Correct the path.' : 'Name a file that is there.',
      });
      context.broken = true;
      return undefined;
    }
    if (source.strayAt !== undefined) {
      report.add('yaml.syntax', {
        message: 'invalid UTF-8 octet: a Compose file is text in UTF-8',
        span: { file: source, start: source.strayAt, end: source.strayAt + 1 },
        hint: 'Save the file as UTF-8.',
      });
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
        hint:
          document.kind === 'scalar' && document.type === 'null' && documents.length > 1
            ? 'Remove "---": no document stands here.'
            : 'Begin with services:, and name each service below it.',
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

  /** All documents as they were written, old ones outlined. */
  async written(): Promise<readonly Mapping[]> {
    return (await Promise.all([...new Map([...this.parsed, ...this.outlines]).values()])).flatMap(documents => documents ?? []);
  }
}
