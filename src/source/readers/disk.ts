// The SourceReader over the disk and standard input: where the loader touches the outside. Reads at most 16 MiB of a file.
import { isUtf8 } from 'node:buffer';
import { closeSync, createReadStream, fstatSync, openSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import type { ReadFailure, SourceReader } from '../reader.ts';

const limitBytes = 16 * 1024 * 1024;

/** Reads files of this machine; path `-` is standard input, which is read once and remembered. */
export function diskReader(): SourceReader {
  let standardInput: Promise<string | ReadFailure> | undefined;
  return {
    read(path) {
      if (path !== '-') return readFile(path);
      standardInput ??= collect(createReadStream('', { fd: 0, autoClose: false }));
      return standardInput;
    },
    async kind(path) {
      try {
        return statSync(path).isDirectory() ? 'directory' : 'file';
      } catch (error) {
        // Only what is surely not there is missing: a file that may not be looked at fails when it is read, with the reason.
        const { failed } = toFailure(error);
        return failed === 'missing' ? 'missing' : 'file';
      }
    },
    async realPath(path) {
      try {
        return realpathSync.native(path);
      } catch (error) {
        if (isSystemError(error)) return path;
        throw error;
      }
    },
  };
}

/** A file is read at once: that takes less time than asking Node's threads for it. Anything else may keep its reader waiting. */
async function readFile(path: string): Promise<string | ReadFailure> {
  try {
    const found = statSync(path);
    if (found.isDirectory()) return { failed: 'directory', text: 'is a directory' };
    return found.isFile() ? readRegular(path) : await readPipe(path);
  } catch (error) {
    return toFailure(error);
  }
}

function readRegular(path: string): string | ReadFailure {
  const descriptor = openSync(path, 'r');
  try {
    return fstatSync(descriptor).size > limitBytes ? tooLarge : decode(readFileSync(descriptor));
  } finally {
    closeSync(descriptor);
  }
}

/** A pipe (`-f <(…)`) has no size; it is read by pieces, so that the limit holds for it too. */
async function readPipe(path: string): Promise<string | ReadFailure> {
  const handle = await open(path);
  try {
    return await collect(handle.createReadStream({ autoClose: false }));
  } finally {
    await handle.close();
  }
}

const tooLarge: ReadFailure = { failed: 'too-large', text: 'the file has more than 16 MiB' };

async function collect(stream: AsyncIterable<Buffer | string>): Promise<string | ReadFailure> {
  const pieces: Buffer[] = [];
  let size = 0;
  try {
    for await (const piece of stream) {
      const bytes = typeof piece === 'string' ? Buffer.from(piece) : piece;
      size += bytes.length;
      if (size > limitBytes) return tooLarge;
      pieces.push(bytes);
    }
  } catch (error) {
    return toFailure(error);
  }
  return decode(Buffer.concat(pieces));
}

/** UTF-8, or UTF-16 where a byte order mark says so; the mark itself is no text. */
function decode(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return bytes.subarray(2).toString('utf16le');
  if (bytes[0] === 0xfe && bytes[1] === 0xff)
    return Buffer.from(bytes.subarray(2, bytes.length & ~1))
      .swap16()
      .toString('utf16le');
  const text = isUtf8(bytes) ? bytes.toString('utf8') : decodeWithStrays(bytes);
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}

/** UTF-8 (RFC 3629) as Latin-1 shows its bytes: letters of several bytes, and bytes that belong to none. */
const beyondAscii =
  /((?:[\xc2-\xdf]|\xe0(?=[\xa0-\xbf])[\x80-\xbf]|\xed(?=[\x80-\x9f])[\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]|\xf0(?=[\x90-\xbf])[\x80-\xbf]{2}|\xf4(?=[\x80-\x8f])[\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{2})[\x80-\xbf])|[\x80-\xff]/g;

function decodeWithStrays(bytes: Buffer): string {
  return bytes.toString('latin1').replace(beyondAscii, (byte, letter) => {
    return letter === undefined ? String.fromCharCode(0xdc00 + byte.charCodeAt(0)) : Buffer.from(letter, 'latin1').toString('utf8');
  });
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error && typeof error.code === 'string';
}

/** What the system said, without the code and the call that Node puts around it: `no such file or directory`. */
function toFailure(error: unknown): ReadFailure {
  if (!isSystemError(error)) throw error;
  const text = /^\w+: (.*?)(?:, \w+.*)?$/s.exec(error.message)?.[1] ?? error.message;
  switch (error.code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return { failed: 'missing', text };
    case 'EISDIR':
      return { failed: 'directory', text: 'is a directory' };
    case 'EACCES':
    case 'EPERM':
      return { failed: 'denied', text };
    default:
      return { failed: 'other', text };
  }
}
