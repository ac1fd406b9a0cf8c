// Diagnostics as SARIF 2.1.0 (`fig check --format sarif`), which code hosts and editors read: rules from the registry of codes, results with
// their places, and the mends as fixes.
import { pathToFileURL } from 'node:url';
import { type Code, codes } from '../diagnostics/codes.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Mend } from '../diagnostics/mend.ts';
import type { Span } from '../source/span.ts';
import { placeIn, plainText } from './records.ts';

/** The name by which a log says where relative paths start. */
const base = '%SRCROOT%';

export interface SarifOptions {
  /** Absolute; what relative paths start from. */
  readonly directory: string;
  /** fig's own. */
  readonly version: string;
}

/** One log with one run, indented, ending in a line end. Only rules that have results are listed. */
export function sarifLog(diagnostics: readonly Diagnostic[], { directory, version }: SarifOptions): string {
  const named = [...new Set(diagnostics.map(({ code }) => code))].sort();
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'fig', semanticVersion: version, rules: named.map(rule) } },
        columnKind: 'utf16CodeUnits',
        originalUriBaseIds: { [base]: { uri: directoryUri(directory) } },
        results: diagnostics.map(diagnostic => result(diagnostic, named.indexOf(diagnostic.code), directory)),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function rule(code: Code) {
  const { severity, title, explanation } = codes[code];
  const page = `docs/errors/${code}.md`;
  return {
    id: code,
    shortDescription: { text: title },
    fullDescription: { text: explanation },
    help: { text: `${explanation}\nAn example, and what to do: ${page} in fig's documentation.` },
    defaultConfiguration: { level: severity },
    properties: { page },
  };
}

function result({ code, severity, message, span, hint, related, mend }: Diagnostic, ruleIndex: number, directory: string) {
  const text = plainText(hint === undefined ? message : `${message}\n${hint}`);
  return {
    ruleId: code,
    ruleIndex,
    level: severity,
    message: { text },
    ...(span ? { locations: [{ physicalLocation: physicalLocation(span, directory) }] } : {}),
    ...(related.length > 0
      ? {
          relatedLocations: related.map((other, index) => ({
            id: index + 1,
            physicalLocation: physicalLocation(other.span, directory),
            message: { text: plainText(other.message) },
          })),
        }
      : {}),
    ...(mend ? { fixes: [fix(mend, hint ?? message, directory)] } : {}),
  };
}

function fix(mend: Mend, description: string, directory: string) {
  const files = [...new Map(mend.map(({ span }) => [span.file.path, span])).values()];
  return {
    description: { text: plainText(description) },
    artifactChanges: files.map(({ file }) => ({
      artifactLocation: artifact(file.path, directory),
      replacements: mend
        .filter(({ span }) => span.file.path === file.path)
        .map(({ span, text }) => ({ deletedRegion: region(span, directory), insertedContent: { text } })),
    })),
  };
}

const physicalLocation = (span: Span, directory: string) => ({
  artifactLocation: artifact(span.file.path, directory),
  region: region(span, directory),
});

function region(span: Span, directory: string) {
  const { line, column, endLine, endColumn } = placeIn(span, directory);
  return { startLine: line, startColumn: column, endLine, endColumn };
}

/** A relative reference below the directory, else a file URI; standard input has the name `-`. */
function artifact(path: string, directory: string): { readonly uri: string; readonly uriBaseId?: string } {
  if (!path.startsWith('/')) return { uri: encodeURIComponent(path) };
  const root = directoryUri(directory);
  const uri = pathToFileURL(path).href;
  return uri.startsWith(root) ? { uri: uri.slice(root.length), uriBaseId: base } : { uri };
}

function directoryUri(directory: string): string {
  return pathToFileURL(directory.endsWith('/') ? directory : `${directory}/`).href;
}
