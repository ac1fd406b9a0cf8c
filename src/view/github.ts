// Diagnostics as workflow commands of GitHub Actions (`fig check --format github`): each becomes an annotation of its line.
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { placeIn, plainText } from './records.ts';

/** One command a line. Paths are relative to `directory`, which is to be the root of the repository. */
export function githubCommands(diagnostics: readonly Diagnostic[], directory: string): string {
  return diagnostics.map(diagnostic => `${command(diagnostic, directory)}\n`).join('');
}

function command({ code, severity, message, span, hint }: Diagnostic, directory: string): string {
  const place = span && placeIn(span, directory);
  const properties = {
    ...(place ? { file: place.file, line: place.line, endLine: place.endLine } : {}),
    // Columns mean nothing to GitHub where a place has several lines.
    ...(place && place.line === place.endLine ? { col: place.column, endColumn: Math.max(place.column, place.endColumn - 1) } : {}),
    title: code,
  };
  const shown = Object.entries(properties).map(([key, value]) => `${key}=${escapeProperty(String(value))}`);
  const text = hint === undefined ? message : `${message}\nhint: ${hint}`;
  return `::${severity} ${shown.join(',')}::${escapeData(plainText(text))}`;
}

const escapeData = (text: string) => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');

const escapeProperty = (text: string) => escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
