// rewrite: puts the text of a mended file on the disk. A reader sees the old text or the new one, whatever happens; encoding, byte order mark,
// line ends, mode and owner stay.
import { randomBytes } from 'node:crypto';
import { chmod, chown, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { refuse } from '../refusal.ts';
import type { MendedFile } from './mend.ts';

/** Writes each file; one that is a link is written where the link leads. Throws Refusal for the first that cannot be, and leaves it as it was. */
export async function rewriteEach(files: readonly MendedFile[]): Promise<void> {
  for (const { before, text } of files) {
    try {
      await rewrite(await realpath(before.path), before.text, text);
    } catch (failure) {
      if (!(failure instanceof Error)) throw failure;
      throw refuse('files.unwritable', `cannot rewrite ${before.path}: ${failure.message}`);
    }
  }
}

async function rewrite(path: string, before: string, after: string): Promise<void> {
  const old = await stat(path);
  if (!old.isFile()) throw new Error('it is no regular file');
  const bytes = await readFile(path);
  const encode = encodingOf(bytes);
  if (!encode(before).equals(bytes)) throw new Error('it has changed since it was read, or is not text throughout');
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    await writeFile(draft, encode(after), { flag: 'wx', mode: 0o600 });
    const made = await stat(draft);
    if (made.uid !== old.uid || made.gid !== old.gid) await chown(draft, old.uid, old.gid);
    await chmod(draft, old.mode & 0o7777);
    await rename(draft, path);
  } finally {
    await rm(draft, { force: true });
  }
}

type Encode = (text: string) => Buffer;

/** How a file's bytes are made from its text, by its byte order mark. */
function encodingOf(bytes: Buffer): Encode {
  const utf16 = (text: string) => Buffer.from(`\uFEFF${text}`, 'utf16le');
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return utf16;
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return text => utf16(text).swap16();
  const mark = bytes.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf])) ? '\uFEFF' : '';
  return text => Buffer.from(mark + text, 'utf8');
}
