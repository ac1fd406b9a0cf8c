// The lock as a listening socket: the kernel closes it with its process, however that ends, and who connects learns who holds it. An edge.
import { linkSync, lstatSync, readdirSync, renameSync, unlinkSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { type Hold, type Lock, type LockKey, longestLine, type Party, partyLine, readParty } from './lock.ts';
import { privateFolder } from './private-folder.ts';

/** How long either side may take over its line. */
const lineMs = 1000;
/** Others that one holder speaks with at a time; the next are turned away, and go on as they would without a lock. */
const mostConnections = 64;
/** What the kernel takes as the path of a socket, on the systems that take the least. */
const longestPath = 103;

/** The lock in the folder that `privateFolder` finds. `runtimeDirectory`: XDG_RUNTIME_DIR. */
export function socketLock(runtimeDirectory: string | undefined): Lock {
  return {
    take(key, self, cancelled) {
      const path = socketPath(privateFolder(runtimeDirectory)?.path, key);
      return path === undefined ? 'none' : listenAt(path, { ...self, process: process.pid }, cancelled);
    },
    async meet(key, self) {
      const path = socketPath(privateFolder(runtimeDirectory)?.path, key);
      if (path === undefined) return undefined;
      const connection = await reach(path);
      if (connection === 'refused') await sweep(path).catch(codeOf);
      if (connection === 'refused' || !connection) return undefined;
      const over = new Promise<void>(resolve => connection.once('close', () => resolve()));
      const line = await readLine(connection, 'at once');
      if (connection.destroyed) return undefined;
      return {
        holder: line === undefined ? undefined : readParty(line),
        over,
        cancel: () => void connection.write(partyLine({ ...self, process: process.pid })),
        leave: () => void connection.destroy(),
      };
    },
  };
}

/** `shop-1f2e3d4c` in the folder; undefined where that path would be too long. The number keeps engines, and long names, apart. */
function socketPath(folder: string | undefined, { engine, project, aside }: LockKey): string | undefined {
  if (folder === undefined) return undefined;
  let sum = 0x811c9dc5;
  for (const byte of Buffer.from(`${engine}\0${project}${aside ? '\0aside' : ''}`)) sum = Math.imul(sum ^ byte, 0x01000193);
  const path = join(folder, `${project.replace(/[^\w-]/g, '_').slice(0, 24)}-${(sum >>> 0).toString(16).padStart(8, '0')}`);
  return draftOf(path).length > longestPath ? undefined : path;
}

/** Where this process makes a socket, or lays one aside, before it bears its name. */
function draftOf(path: string): string {
  return `${path}.${process.pid}`;
}

/** Listens first and takes the name then, which one process alone can: a socket that bears the name and refuses is dead for good. */
function listenAt(path: string, self: Party, cancelled: (by: Party) => void): Hold | 'taken' | 'none' {
  const connections = new Set<Socket>();
  const server = createServer(connection => {
    connections.add(connection);
    connection.once('close', () => connections.delete(connection));
    void serve(connection, self, cancelled);
  });
  server.maxConnections = mostConnections;
  // What cannot be listened at is seen right below.
  server.on('error', () => undefined);
  const draft = draftOf(path);
  server.listen(draft);
  if (!server.listening) return 'none';
  server.unref();
  const won = takeName(draft, path);
  if (won !== true) {
    server.close();
    return won === 'EEXIST' ? 'taken' : 'none';
  }
  const own = inode(path);
  return {
    release() {
      if (own !== undefined && inode(path) === own) remove(path);
      server.close();
      for (const connection of connections) connection.destroy();
    },
  };
}

/** Gives the socket its name, or tells why not. */
function takeName(draft: string, path: string): true | string {
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    return codeOf(error);
  } finally {
    remove(draft);
  }
}

/** undefined for what is not there, and for what cannot be looked at. */
function inode(path: string): number | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false })?.ino;
  } catch (error) {
    codeOf(error);
    return undefined;
  }
}

/** Says who holds the lock, and hears whether that one should end. Whoever says more than a line, or half of one, is left. */
async function serve(connection: Socket, self: Party, cancelled: (by: Party) => void): Promise<void> {
  // Nothing came of it then; its end is all that there is to know.
  connection.on('error', () => undefined);
  connection.unref();
  connection.write(partyLine(self));
  const line = await readLine(connection, 'once begun');
  const by = line === undefined ? undefined : readParty(line);
  if (by) cancelled(by);
  else connection.destroy();
}

/** The first line; undefined where it is not whole within a second, counted from now or from its first byte, or is too long. More than it ends the connection. */
function readLine(connection: Socket, counted: 'at once' | 'once begun'): Promise<string | undefined> {
  return new Promise(resolve => {
    let text = '';
    let timer: NodeJS.Timeout | undefined;
    const done = (line: string | undefined) => {
      clearTimeout(timer);
      resolve(line);
    };
    const hurry = () => {
      timer ??= setTimeout(done, lineMs, undefined);
    };
    if (counted === 'at once') hurry();
    connection.setEncoding('utf8');
    connection.once('close', () => done(undefined));
    connection.on('data', (piece: string) => {
      hurry();
      text += piece;
      const end = text.indexOf('\n');
      if (text.length > longestLine || (end !== -1 && end < text.length - 1)) connection.destroy();
      else if (end !== -1) done(text.slice(0, end));
    });
  });
}

/** A connection to the socket. `refused`: nobody listens there any more; undefined: there is none, or it cannot be spoken to. */
function reach(path: string): Promise<Socket | 'refused' | undefined> {
  return new Promise(resolve => {
    const connection = connect({ path });
    connection.once('connect', () => resolve(connection));
    connection.on('error', error => resolve(codeOf(error) === 'ECONNREFUSED' ? 'refused' : undefined));
  });
}

/** Takes a dead socket away, and all others that a killed process has left in the folder. */
async function sweep(path: string): Promise<void> {
  await sweepOne(path);
  const folder = join(path, '..');
  for (const name of readdirSync(folder)) {
    const other = join(folder, name);
    const connection = await reach(other);
    if (connection === 'refused') await sweepOne(other);
    else connection?.destroy();
  }
}

/** Lays it aside and looks again: since it was seen dead, another process may have swept it, and a living one have taken its name. */
async function sweepOne(path: string): Promise<void> {
  const aside = `${draftOf(path)}~`;
  if (!move(path, aside)) return;
  const connection = await reach(aside);
  if (connection !== 'refused' && connection !== undefined) {
    connection.destroy();
    takeName(aside, path);
  } else remove(aside);
}

/** Whether it was there to be moved. */
function move(path: string, to: string): boolean {
  try {
    renameSync(path, to);
    return true;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  }
}

/** Where it cannot be removed it stays, and the next one sweeps it away: a lock is advice, and no command fails for it. */
function remove(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    codeOf(error);
  }
}

/** The system's word for what went wrong. What is no failure of the system flies on. */
function codeOf(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === undefined) throw error;
  return code;
}
