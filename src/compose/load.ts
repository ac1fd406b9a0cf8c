// The loader: files → project. Read this first: `loadProject` is the list of stages; the passes over one document are in assembly.ts.
// Every pass reports and goes on; what was found wrong is taken out for the passes after it. There is one gate, at the end.
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Report } from '../diagnostics/report.ts';
import { createReport } from '../diagnostics/report.ts';
import { stagedReport } from '../diagnostics/stages.ts';
import { type Mapping, mappingNode, type Node } from '../document/node.ts';
import type { Project } from '../model/project.ts';
import { remembering, type SourceReader } from '../source/reader.ts';
import type { Span } from '../source/span.ts';
import { Assembly, nowhere } from './assembly.ts';
import { discover, type ProjectName, withProjectName } from './discover.ts';
import { resolveEnvFiles, resolveLabelFiles, type SourcedValues, withSourcedValues } from './environment.ts';
import { normalise } from './normalise.ts';
import { dropUnused, knownProfiles, selectServices, splitByProfiles } from './profiles.ts';
import { toProject } from './project.ts';
import { alignReplicas, checkContainerNames, checkReferences } from './references.ts';
import type { Loaded, LoadRequest, VariableUse } from './request.ts';
import { combineUses, variablesOf } from './template.ts';
import { validateWhole } from './validate.ts';
import { figSettings } from './x-fig.ts';

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
  if (report.failed) return { ok: false, diagnostics: withNaming(report.all(), assembly.named) };
  const written = await assembly.written();
  return {
    ok: true,
    project,
    document,
    // Looked for when someone asks, which few do.
    get variables() {
      return variableUses(request.skip.interpolation ? [document] : written);
    },
    knownProfiles: knownProfiles(project),
    warnings: withNaming(report.all(), assembly.named),
  };
}

/** Diagnostics of files that others include or extend, with the places that lead to the file: from the file itself up to one of the project's own. */
function withNaming(diagnostics: readonly Diagnostic[], named: ReadonlyMap<string, Span>): readonly Diagnostic[] {
  return diagnostics.map(diagnostic => {
    const related = [...diagnostic.related];
    const isKnown = (span: Span) => related.some(other => other.span.file === span.file && other.span.start === span.start);
    let file = diagnostic.span?.file.path;
    for (let from = file && named.get(file); from && !isKnown(from); from = named.get(file)) {
      related.push({ span: from, message: 'brought in here' });
      file = from.file.path;
    }
    return related.length === diagnostic.related.length ? diagnostic : { ...diagnostic, related };
  });
}

/** The last passes over the whole document. */
async function complete(document: Mapping, { name }: ProjectName, assembly: Assembly): Promise<Mapping> {
  const { request, report } = assembly;
  if (document.entries.size === 0 && !report.failed) {
    report.add('project.empty', { message: 'empty compose file', hint: 'Begin with services:, and name each service below it.' });
  }
  if (!request.skip.validation) validateWhole(document, report, !request.skip.pathResolution);
  if (request.skip.normalization) return document;
  const { values: environment } = assembly.variables(name);
  return normalise(document, { projectName: name, environment, report });
}

/** The project of a document, with what takes part, what it refers to, and what files give its services. */
async function resolveProject(document: Mapping, sourced: SourcedValues, name: ProjectName, assembly: Assembly): Promise<Project> {
  const { request, report, context, found } = assembly;
  const { values: environment } = withProjectName(found.variables, name.name);
  const { directory, files, envFiles } = found;
  const facts = { ...name, directory, files, envFiles, environment, profiles: activeProfiles(request, environment) };
  const compatibility = request.compatibility || isTrue(environment['COMPOSE_COMPATIBILITY']);
  const readable = request.skip.typing ? mappingNode([], nowhere) : assembly.withoutWrong(document);
  const fig = figSettings(document, report);
  let project = withSourcedValues({ ...toProject(readable, facts, report), fig, ...(compatibility ? { compatibility } : {}) }, sourced);
  project = splitByProfiles(project, facts.profiles);
  report.nextStage();
  if (!request.skip.consistency) {
    checkReferences(project, report.failed ? onlyReferences(report, context.broken) : report);
    project = alignReplicas(project);
  }
  if (!report.failed) project = selectServices(project, request, report);
  if (request.uniqueContainerNames && !request.skip.consistency) checkContainerNames(project, report);
  if (!request.allResources) project = dropUnused(project);
  const source = { reader: context.reader, report, directory: request.workingDirectory };
  if (!request.skip.envResolution) project = await resolveEnvFiles(project, source);
  return resolveLabelFiles(project, source);
}

/**
 * `--profile`, else COMPOSE_PROFILES. As in the reference, a text without names names the empty profile: a service that lists it is on where
 * nobody asks for profiles.
 */
function activeProfiles(request: LoadRequest, environment: Project['environment']): readonly string[] {
  if (request.profiles.length > 0) return request.profiles;
  return (environment['COMPOSE_PROFILES'] ?? '').split(',').map(profile => profile.trim());
}

const isTrue = (text: string | undefined) => ['1', 't', 'true', 'y'].includes((text ?? '').trim().toLowerCase());

/**
 * Of a document with errors in it, only names that are nowhere declared are worth a word, and only where nothing was lost. A circle may come of
 * links that should not have been inherited.
 */
function onlyReferences(report: Report, isBroken: boolean): Report {
  const hasInheritedLinks = report.all().some(({ code }) => code === 'extends.bound-service');
  return {
    add(code, finding) {
      if (!isBroken && (code.startsWith('reference.') || (code === 'graph.cycle' && !hasInheritedLinks))) report.add(code, finding);
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
