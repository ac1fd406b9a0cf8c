// The build context as a stream of tar: a folder's files as they are, minus what its ignore file names, plus always the Dockerfile.
import { createHash } from 'node:crypto';
import { lstat, open, readdir, readFile, readlink, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { Readable } from 'node:stream';
import { EngineFailure } from '../failure.ts';
import { type Fits, type Ignore, parseIgnore } from './ignore.ts';
import { tarEnd, tarHeader, tarPadding } from './tar.ts';

export interface ContextSource {
  /** Absolute. */
  readonly directory: string;
  /** Absolute, or relative to the directory; `Dockerfile` when absent. */
  readonly dockerfile?: string;
  /** The Dockerfile's own text (`dockerfile_inline`), in place of a file. */
  readonly dockerfileText?: string;
}

export interface ContextTar {
  readonly tar: Readable;
  /** The Dockerfile's path in the archive: the parameter `dockerfile` of the build call. */
  readonly dockerfile: string;
}

const chunkBytes = 1 << 16;

/** Whether a context is fetched by the engine itself (the parameter `remote`) and not sent. */
export function isRemoteContext(context: string): boolean {
  return /^(https?|git|ssh):\/\/|^git@|^github\.com\//.test(context);
}

/**
 * A stream of the context. Files are read as they are sent; nothing is kept whole. Links are sent as links, owners as root, so that the
 * engine's cache is the same for everyone. Throws EngineFailure (build-failed) where the folder or the Dockerfile is not there.
 */
export async function contextTar(source: ContextSource): Promise<ContextTar> {
  const folder = await stat(source.directory).catch(() => undefined);
  if (!folder?.isDirectory()) throw failure(`unable to prepare context: path "${source.directory}" not found`);
  const dockerfile = await findDockerfile(source);
  const ownIgnore = dockerfile.path && (await textIfThere(`${dockerfile.path}.dockerignore`));
  const ignoreText = ownIgnore ?? (await textIfThere(join(source.directory, '.dockerignore'))) ?? '';
  // The engine reads both files from the archive and leaves them out of the image itself where the patterns say so.
  const ignore = parseIgnore(`${ignoreText}\n!.dockerignore\n!${dockerfile.name}`);
  const extra = dockerfile.text === undefined ? [] : extraFiles(dockerfile.name, dockerfile.text, ignoreText);
  const tar = Readable.from(packed(source.directory, ignore, extra), { objectMode: false });
  return { tar, dockerfile: dockerfile.name };
}

interface Dockerfile {
  /** In the archive. */
  readonly name: string;
  /** Absolute; absent for an inline text. */
  readonly path?: string;
  /** Set where the archive gets it besides the context's files. */
  readonly text?: Uint8Array;
}

async function findDockerfile(source: ContextSource): Promise<Dockerfile> {
  if (source.dockerfileText !== undefined) return besides(Buffer.from(source.dockerfileText));
  const path = resolve(source.directory, source.dockerfile ?? 'Dockerfile');
  const text = await readFile(path).catch(() => undefined);
  if (!text) throw failure(`failed to read dockerfile: "${path}" cannot be read`);
  const inside = relative(source.directory, path);
  if (inside.startsWith('..') || resolve(source.directory, inside) !== path || inside.startsWith(sep)) return { ...besides(text), path };
  return { name: inside.split(sep).join('/'), path };
}

/** A Dockerfile from elsewhere gets a name by its content: the same text hits the engine's cache again. */
function besides(text: Uint8Array): Dockerfile {
  return { name: `.dockerfile.${createHash('sha256').update(text).digest('hex').slice(0, 20)}`, text };
}

/** The foreign Dockerfile, and an ignore file that keeps it out of what the Dockerfile copies. */
function extraFiles(
  name: string,
  text: Uint8Array,
  ignoreText: string,
): readonly { readonly path: string; readonly content: Uint8Array }[] {
  return [
    { path: name, content: text },
    { path: '.dockerignore', content: Buffer.from(`${ignoreText}${ignoreText && '\n'}${name}\n`) },
  ];
}

async function* packed(
  directory: string,
  ignore: Ignore,
  extra: readonly { readonly path: string; readonly content: Uint8Array }[],
): AsyncGenerator<Uint8Array> {
  const given = new Set(extra.map(({ path }) => path));
  for await (const path of walk(directory, '', ignore, undefined)) if (!given.has(path)) yield* entry(directory, path);
  for (const { path, content } of extra) {
    yield tarHeader({ path, mode: 0o644 }, content.length);
    yield content;
    yield tarPadding(content.length);
  }
  yield tarEnd;
}

/** Paths that are sent, folders before what they hold, in order of their names. */
async function* walk(directory: string, folder: string, ignore: Ignore, parent: Fits | undefined): AsyncGenerator<string> {
  const found = await readdir(join(directory, folder), { withFileTypes: true });
  found.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const each of found) {
    const path = folder ? `${folder}/${each.name}` : each.name;
    const { ignored, fits } = ignore.check(path, parent);
    if (!ignored) yield path;
    if (each.isDirectory() && (!ignored || ignore.mayHoldWanted(path))) yield* walk(directory, path, ignore, fits);
  }
}

async function* entry(directory: string, path: string): AsyncGenerator<Uint8Array> {
  const absolute = join(directory, path);
  const found = await lstat(absolute);
  const facts = { path, mode: found.mode & 0o7777, mtime: found.mtimeMs / 1000 };
  if (found.isDirectory()) yield tarHeader({ ...facts, type: 'directory' }, 0);
  else if (found.isSymbolicLink()) yield tarHeader({ ...facts, type: 'symlink', mode: 0o777, link: await readlink(absolute) }, 0);
  else if (found.isFile()) {
    yield tarHeader(facts, found.size);
    yield* content(absolute, found.size);
    yield tarPadding(found.size);
  }
  // Sockets, pipes and devices have nothing that could be sent.
}

/** Exactly `size` bytes of a file: the header has promised them. */
async function* content(path: string, size: number): AsyncGenerator<Uint8Array> {
  const file = await open(path);
  try {
    let sent = 0;
    while (sent < size) {
      const buffer = Buffer.allocUnsafe(Math.min(chunkBytes, size - sent));
      const { bytesRead } = await file.read(buffer, 0, buffer.length, sent);
      if (bytesRead === 0) throw failure(`"${join(basename(dirname(path)), basename(path))}" became shorter while it was read`);
      sent += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

async function textIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw failure(`"${path}" cannot be read: ${(error as Error).message}`);
  }
}

function failure(message: string): EngineFailure {
  return new EngineFailure('build-failed', message, 'read context');
}
