// SourceReader, the port through which every file is read: the loader itself touches no disk.
import type { SourceFile } from './file.ts';

/** Why a path could not be read. `text` is the operating system's own wording, for messages. */
export type ReadFailure = { readonly failed: 'missing' | 'directory' | 'denied' | 'too-large' | 'other'; readonly text: string };

export interface SourceReader {
  /**
   * The text of a file as UTF-8 (a UTF-16 file with a byte order mark is decoded); path `-` is standard input. At most 16 MiB. A byte that is no
   * UTF-8 is a lone surrogate, U+DC00 and the byte.
   */
  read(path: string): Promise<string | ReadFailure>;
  /** What a path is; symbolic links are followed. */
  kind(path: string): Promise<'file' | 'directory' | 'missing'>;
  /** The path with symbolic links resolved; the path itself when it does not exist. */
  realPath(path: string): Promise<string>;
}

/** The reader, asked once for each file: one content for all who read, and what comes through a pipe can be read once only. */
export function remembering(reader: SourceReader): SourceReader {
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

/** A file as a source. `strayAt`: the offset of the first byte that is no text; U+FFFD stands for each of them. */
export type ReadSource = SourceFile & { readonly strayAt?: number };

/** A file as a source, or why it cannot be one. `path` is absolute, or `-`. */
export async function readSource(reader: SourceReader, path: string): Promise<ReadSource | ReadFailure> {
  const text = await reader.read(path);
  if (typeof text !== 'string') return text;
  const strayAt = text.search(/\p{Surrogate}/u);
  return strayAt === -1 ? { path, text } : { path, text: text.replaceAll(/\p{Surrogate}/gu, '\uFFFD'), strayAt };
}
