// Writes tar archives as engines read them: ustar headers, with pax records for what does not fit.
import { invariant } from '../../diagnostics/invariant.ts';

export interface TarEntry {
  /** Slash-separated, relative; directories need no slash at the end. */
  readonly path: string;
  readonly type?: 'file' | 'directory' | 'symlink';
  /** Permission bits, as 0o644. */
  readonly mode: number;
  readonly uid?: number;
  readonly gid?: number;
  /** Seconds since 1970. */
  readonly mtime?: number;
  /** Target of a symbolic link. */
  readonly link?: string;
  readonly content?: Uint8Array;
}

const block = 512;
const typeFlags = { file: '0', directory: '5', symlink: '2' } as const;

/** A whole archive in memory: for configs, secrets and other small things. */
export function tarOf(entries: Iterable<TarEntry>): Buffer {
  const parts: Uint8Array[] = [];
  for (const entry of entries) {
    const content = entry.content ?? new Uint8Array();
    parts.push(tarHeader(entry, content.length), content, tarPadding(content.length));
  }
  parts.push(tarEnd);
  return Buffer.concat(parts);
}

/** Two empty blocks. */
export const tarEnd: Buffer = Buffer.alloc(2 * block);

/** Zeros that fill the last block of `size` bytes of content. */
export function tarPadding(size: number): Buffer {
  return Buffer.alloc((block - (size % block)) % block);
}

/** The header of an entry whose content of `size` bytes follows it, with pax records before it where they are needed. */
export function tarHeader(entry: TarEntry, size: number): Buffer {
  const type = entry.type ?? 'file';
  const path = type === 'directory' && !entry.path.endsWith('/') ? `${entry.path}/` : entry.path;
  const { mode, uid = 0, gid = 0, mtime = 0, link = '' } = entry;
  const records = [
    ...(fits(path, 100) ? [] : [paxRecord('path', path)]),
    ...(fits(link, 100) ? [] : [paxRecord('linkpath', link)]),
    ...(size > 0o77777777777 ? [paxRecord('size', String(size))] : []),
    ...(uid > 0o7777777 ? [paxRecord('uid', String(uid))] : []),
    ...(gid > 0o7777777 ? [paxRecord('gid', String(gid))] : []),
  ];
  const header = ustar(path, typeFlags[type], { mode, uid, gid, mtime, link }, size);
  if (records.length === 0) return header;
  const pax = Buffer.from(records.join(''));
  const paxHeader = ustar('PaxHeaders/entry', 'x', { mode: 0o644, uid: 0, gid: 0, mtime, link: '' }, pax.length);
  return Buffer.concat([paxHeader, pax, tarPadding(pax.length), header]);
}

function fits(text: string, room: number): boolean {
  return text.length <= room && /^[\x00-\x7f]*$/.test(text);
}

/** `<length> <key>=<value>\n`, where the length counts itself. */
function paxRecord(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  const bytes = Buffer.byteLength(rest);
  let length = bytes + String(bytes).length;
  if (String(length).length > String(bytes).length) length = bytes + String(length).length;
  return `${length}${rest}`;
}

interface Fields {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly mtime: number;
  readonly link: string;
}

function ustar(path: string, typeFlag: string, { mode, uid, gid, mtime, link }: Fields, size: number): Buffer {
  const header = Buffer.alloc(block);
  const text = (value: string, at: number, length: number) => header.write(value.slice(0, length), at, length, 'latin1');
  const octal = (value: number, at: number, length: number) => {
    invariant(Number.isInteger(value) && value >= 0, `a tar header cannot hold ${value}`);
    // Values that do not fit have a pax record, which wins over this field.
    const digits = value.toString(8).padStart(length - 1, '0');
    text(digits.length < length ? digits : '0'.repeat(length - 1), at, length - 1);
  };
  text(path, 0, 100);
  octal(mode & 0o7777, 100, 8);
  octal(uid, 108, 8);
  octal(gid, 116, 8);
  octal(size, 124, 12);
  octal(Math.max(0, Math.trunc(mtime)), 136, 12);
  text('        ', 148, 8);
  text(typeFlag, 156, 1);
  text(link, 157, 100);
  text('ustar\x0000', 257, 8);
  let sum = 0;
  for (const byte of header) sum += byte;
  text(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 8);
  return header;
}
