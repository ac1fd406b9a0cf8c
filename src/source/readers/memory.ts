// A SourceReader over texts in memory: for tests, and for projects that come from somewhere else than a disk.
import type { ReadFailure, SourceReader } from '../reader.ts';

/** Files by absolute path (`-` is standard input); a folder exists when a file lies below it. */
export function memoryReader(files: Readonly<Record<string, string>>): SourceReader {
  const texts = new Map(Object.entries(files));
  const isDirectory = (path: string) => {
    const prefix = path.endsWith('/') ? path : `${path}/`;
    return [...texts.keys()].some(file => file.startsWith(prefix));
  };
  return {
    async read(path): Promise<string | ReadFailure> {
      const text = texts.get(path);
      if (text !== undefined) return text;
      if (isDirectory(path)) return { failed: 'directory', text: 'is a directory' };
      return { failed: 'missing', text: 'no such file or directory' };
    },
    async kind(path) {
      if (texts.has(path)) return 'file';
      return isDirectory(path) ? 'directory' : 'missing';
    },
    async realPath(path) {
      return path;
    },
  };
}
