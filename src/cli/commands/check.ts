// fig check: examines the files without an engine, says what is wrong and what is suspicious, and mends what is sure
import type { Diagnostic, LoadRequest, Mended, MendedFile } from '../../index.ts';
import { defineCommand } from '../command.ts';
import { CommandFailure, type Context } from '../context.ts';
import { bool, text } from '../flags.ts';
import { loadRequest } from '../project-flags.ts';

export const check = defineCommand({
  name: 'check',
  usage: '[OPTIONS] [FILE...]',
  summary: 'Examine the Compose files, and mend what is surely wrong',
  description:
    'No engine is asked. FILEs are taken like those of -f: together they make one project. Ends with 1 where there are errors, with --strict\n' +
    'also where there are warnings. --fix writes only what cannot change what a project means; with --dry-run it shows the changes alone.',
  flags: {
    fix: bool('Mend what is sure, and show the changes'),
    format: text('How it is printed: text, json, sarif or github (default: text)'),
    strict: bool('Take warnings for errors'),
  },
  async run({ flags, args, context }) {
    const format = formatNamed(flags.format);
    const request = requestFor(args, context);
    const { found, left, files, count, revealed } = await (flags.fix ? mend : examine)(request, context);
    if (files.length > 0) await showChanges(files, format, context);
    if (!context.dryRun) await write(files, context);
    const { diagnostics, files: read } = context.dryRun ? found : left;
    const shown = flags.strict ? diagnostics.map(asError) : diagnostics;
    context.stdout.write(await formats[format](shown, context, { files: read.length, mended: count, revealed }));
    return shown.some(({ severity }) => severity === 'error') ? 1 : 0;
  },
});

const asError = (diagnostic: Diagnostic): Diagnostic => ({ ...diagnostic, severity: 'error' });

function requestFor(files: readonly string[], { globals, surroundings }: Context): LoadRequest {
  return loadRequest({ ...globals, file: [...globals.file, ...files] }, surroundings);
}

async function examine(request: LoadRequest, context: Context): Promise<Mended> {
  const { checkProject } = await context.api();
  const checked = await checkProject(request);
  return { found: checked, left: checked, files: [], count: 0, revealed: 0 };
}

async function mend(request: LoadRequest, context: Context): Promise<Mended> {
  const { mendProject } = await context.api();
  return mendProject(request);
}

async function write(files: readonly MendedFile[], context: Context): Promise<void> {
  const { rewriteFiles } = await context.api();
  await rewriteFiles(files);
}

/** Beside a format for machines, the changes are no part of the answer. */
async function showChanges(files: readonly MendedFile[], format: Format, context: Context): Promise<void> {
  const { unifiedDiff } = await import('../../view/diff.ts');
  const output = format === 'text' ? context.stdout : context.stderr;
  const options = { directory: context.surroundings.workingDirectory, theme: await context.theme(output) };
  for (const { before, text } of files) output.write(unifiedDiff(before, text, options));
}

interface Counts {
  readonly files: number;
  readonly mended: number;
  /** How many of these show only once others are mended. */
  readonly revealed: number;
}

type Print = (diagnostics: readonly Diagnostic[], context: Context, counts: Counts) => Promise<string>;

const formats = {
  async text(diagnostics, context, counts) {
    const { printDiagnostics } = await import('../../view/diagnostics.ts');
    const options = { directory: context.surroundings.workingDirectory, theme: await context.theme(context.stdout), most: Infinity };
    return `${printDiagnostics(diagnostics, options)}${summary(diagnostics, counts, context.dryRun)}\n`;
  },
  async json(diagnostics, { surroundings }) {
    const { diagnosticsJson } = await import('../../view/records.ts');
    return diagnosticsJson(diagnostics, surroundings.workingDirectory);
  },
  async sarif(diagnostics, { surroundings: { workingDirectory, version } }) {
    const { sarifLog } = await import('../../view/sarif.ts');
    return sarifLog(diagnostics, { directory: workingDirectory, version });
  },
  async github(diagnostics, { surroundings: { workingDirectory, environment } }) {
    const { githubCommands } = await import('../../view/github.ts');
    return githubCommands(diagnostics, environment['GITHUB_WORKSPACE'] || workingDirectory);
  },
} satisfies Record<string, Print>;

type Format = keyof typeof formats;

function formatNamed(name: string | undefined): Format {
  if (name === undefined || name === '') return 'text';
  if (!Object.hasOwn(formats, name))
    throw new CommandFailure(`no format ${JSON.stringify(name)}: there is ${Object.keys(formats).join(', ')}`);
  return name as Format;
}

/** `2 errors, 1 warning in 3 files`: the files that were read; and before it, how much was mended. */
function summary(diagnostics: readonly Diagnostic[], { files, mended, revealed }: Counts, dryRun: boolean): string {
  const errors = diagnostics.filter(({ severity }) => severity === 'error').length;
  const counts = [counted(errors, 'error'), counted(diagnostics.length - errors, 'warning')].filter(text => text !== '');
  const found = counts.length === 0 ? 'no problems' : counts.join(', ');
  const all = files === 0 ? found : `${found} in ${counted(files, 'file')}`;
  if (mended === 0) return all;
  if (!dryRun) return `${mended} mended; ${all}`;
  return `${mended - revealed} can be mended${revealed === 0 ? '' : `, and ${revealed} more that show then`}; ${all}`;
}

function counted(number: number, what: string): string {
  return number === 0 ? '' : `${number} ${what}${number === 1 ? '' : 's'}`;
}
