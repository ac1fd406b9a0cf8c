// examine: all that can be said of the files of a project without an engine. The loader's diagnostics, those of each profile that is switched
// off, and suspicions, which no other command tells.
import { loadProject } from '../../compose/load.ts';
import type { Loaded, LoadRequest } from '../../compose/request.ts';
import { lookForSuspicions } from '../../compose/suspicions.ts';
import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import { createReport } from '../../diagnostics/report.ts';
import { remembering, type SourceReader } from '../../source/reader.ts';
import { formatPlace } from '../../source/span.ts';

export interface Checked {
  /** Errors are what every command would refuse; all else is a warning. Those of one file stand together, in the order of its text. */
  readonly diagnostics: readonly Diagnostic[];
  /** Absolute paths of all files that were read, in order; `-` is standard input. */
  readonly files: readonly string[];
  /** What the files mean; `ok` is false where there are errors. */
  readonly loaded: Loaded;
}

/** Checks the files of a project. Never throws for what the user wrote. */
export async function examineProject(request: LoadRequest, reader: SourceReader): Promise<Checked> {
  const files = new Set<string>();
  const once = remembering(reader);
  const recording: SourceReader = {
    ...once,
    async read(path) {
      const text = await once.read(path);
      if (typeof text === 'string') files.add(path);
      return text;
    },
  };
  const whole = { ...request, allResources: true, uniqueContainerNames: true };
  const loaded = await loadProject(whole, recording);
  const found = loaded.ok ? await behind(loaded, whole, recording) : loaded.diagnostics;
  return { diagnostics: inOrder(found, [...files]), files: [...files], loaded };
}

/** What lies behind a project that can be loaded. */
async function behind(loaded: Extract<Loaded, { ok: true }>, request: LoadRequest, reader: SourceReader): Promise<readonly Diagnostic[]> {
  const report = createReport();
  await lookForSuspicions(loaded.project, reader, report);
  const suspicions = report.all();
  const found = [...loaded.warnings.filter(warning => !isToldBetter(warning, suspicions)), ...suspicions];
  const known = new Set(found.map(identity));
  const active = loaded.project.profiles;
  for (const profile of active.includes('*') ? [] : loaded.knownProfiles.filter(name => !active.includes(name))) {
    const other = await loadProject({ ...request, profiles: [...active, profile] }, reader);
    for (const diagnostic of other.ok ? other.warnings : other.diagnostics) {
      if (known.has(identity(diagnostic)) || isToldBetter(diagnostic, suspicions)) continue;
      known.add(identity(diagnostic));
      // The project as it was asked for is right: what only another profile would make wrong is no error of it.
      const message = diagnostic.severity === 'error' ? `with --profile ${profile}: ${diagnostic.message}` : diagnostic.message;
      found.push({ ...diagnostic, severity: 'warning', message });
    }
  }
  return found;
}

/** That a variable is not set is told together with what comes of it, where a suspicion does. */
function isToldBetter({ code, span }: Diagnostic, suspicions: readonly Diagnostic[]): boolean {
  return (
    code === 'interpolation.unset-variable' &&
    span !== undefined &&
    suspicions.some(
      other =>
        other.code === 'check.empty-variable' &&
        other.span?.file.path === span.file.path &&
        other.span.start <= span.start &&
        span.end <= other.span.end,
    )
  );
}

function identity({ code, span, message }: Diagnostic): string {
  return `${code}|${span ? formatPlace(span) : ''}|${message}`;
}

/** Without a place first, then file by file as they were read, each from its top down. */
function inOrder(diagnostics: readonly Diagnostic[], files: readonly string[]): readonly Diagnostic[] {
  const rank = ({ span }: Diagnostic) => (span ? files.indexOf(span.file.path) : -2);
  return diagnostics.toSorted((a, b) => rank(a) - rank(b) || (a.span?.start ?? 0) - (b.span?.start ?? 0));
}
