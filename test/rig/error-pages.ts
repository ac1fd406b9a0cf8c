// The pages of docs/errors as a test sees them: files, and a session on a console that is played in a folder called `shop`.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fig } from './command-line.ts';
import { root } from './sources.ts';

export const pagesFolder = join(root, 'docs/errors');

export interface ErrorPage {
  readonly code: string;
  readonly text: string;
  /** The files of the example, path → text. */
  readonly files: Readonly<Record<string, string>>;
  /** The block with commands and what they print; undefined where an engine would be needed. */
  readonly session: string | undefined;
}

/** The page of a code. Throws where there is none. */
export function errorPage(code: string): ErrorPage {
  const text = readFileSync(join(pagesFolder, `${code}.md`), 'utf8');
  const blocks = [...text.matchAll(/^```(\S+)(?: (\S+))?\n([\s\S]*?)^```$/gm)];
  const files = blocks.flatMap(([, , path, body]) => (path === undefined ? [] : [[path, body ?? ''] as const]));
  const session = blocks.find(([, language]) => language === 'console')?.[3];
  return { code, text, files: Object.fromEntries(files), session };
}

/** Plays the commands of a page again: the same block with what they print today. The folder is shown as `/shop`. */
export async function play({ files, session = '' }: ErrorPage): Promise<string> {
  const parent = mkdtempSync(join(tmpdir(), 'fig-page-'));
  try {
    const shop = join(parent, 'shop');
    mkdirSync(shop);
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(shop, path)), { recursive: true });
      writeFileSync(join(shop, path), text);
    }
    let directory = shop;
    let played = '';
    for (const line of session.split('\n').filter(line => line.startsWith('$ '))) {
      played += `${line}\n`;
      const [program = '', ...args] = line.slice(2).split(' ');
      if (program === 'ln') symlinkSync(args[1]!, join(directory, args[2]!));
      else if (program === 'cd') directory = join(directory, args[0]!);
      else played += (await command([program, ...args], directory)).replaceAll(parent, '');
    }
    return played;
  } finally {
    rmSync(parent, { recursive: true, force: true });
  }
}

/** `NAME=VALUE… fig ARGS`. */
async function command(words: readonly string[], directory: string): Promise<string> {
  const at = words.indexOf('fig');
  const environment = Object.fromEntries(words.slice(0, at).map(word => word.split('=') as [string, string]));
  const { stdout, stderr } = await fig(words.slice(at + 1), { workingDirectory: directory, environment });
  return stdout + stderr;
}

/** Puts a session into its page. */
export function writeSession({ code, text, session = '' }: ErrorPage, played: string): void {
  writeFileSync(
    join(pagesFolder, `${code}.md`),
    text.replace(`\`\`\`console\n${session}`, () => `\`\`\`console\n${played}`),
  );
}
