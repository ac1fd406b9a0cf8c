// Opens connections to an address: the one place that knows sockets, TLS and ssh. Both HTTP clients are built upon it.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { platform, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import type { Address } from './address.ts';

/** A new connection, perhaps still opening; it fails by its `error` event. */
export function dial(address: Address): Duplex {
  switch (address.kind) {
    case 'socket':
      return connect({ path: address.path });
    case 'tcp': {
      const { host, port, tls } = address;
      if (!tls) return connect({ host, port, noDelay: true });
      const { verify, ...material } = tls;
      return connectTls({ host, port, servername: /^[\d.]+$|:/.test(host) ? '' : host, rejectUnauthorized: verify, ...material });
    }
    case 'ssh':
      return dialSsh(address);
  }
}

/** Docker's own way over ssh: the user's ssh, with its keys, hosts and settings, runs `docker system dial-stdio` over there. */
function dialSsh(address: Address & { kind: 'ssh' }): Duplex {
  const remote = address.socket ? ['docker', '--host', `unix://${address.socket}`] : ['docker'];
  const child = spawn(
    'ssh',
    [
      '-o',
      'ConnectTimeout=30',
      '-T',
      ...(address.user ? ['-l', address.user] : []),
      ...(address.port ? ['-p', address.port] : []),
      '--',
      address.host,
      ...remote,
      'system',
      'dial-stdio',
    ],
    { stdio: 'pipe' },
  );
  // A pipe that breaks says nothing; ssh does, when it has ended. So its end alone ends the connection, with its words where it failed.
  const connection = new Duplex({
    read: () => child.stdout.resume(),
    write: (chunk, encoding, done) => void child.stdin.write(chunk, encoding, error => error || done()),
    final: done => void child.stdin.end(() => done()),
    destroy: (error, done) => {
      child.kill();
      done(error);
    },
  });
  child.stdin.on('error', () => undefined);
  child.stdout.on('data', (chunk: Buffer) => void (connection.push(chunk) || child.stdout.pause()));
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-2000);
  });
  child.on('error', error => connection.destroy(error));
  child.on('close', code => {
    if (code === 0) connection.push(null);
    else connection.destroy(Object.assign(new Error(said.trim() || `ssh ended with code ${code}`), { code: 'ECONNREFUSED' }));
  });
  const parts = [child, child.stdin, child.stdout, child.stderr] as readonly { ref?: () => void; unref?: () => void }[];
  // What node:http's agent asks of a socket; an idle connection must not keep the process alive.
  return Object.assign(connection, {
    setKeepAlive: () => connection,
    setNoDelay: () => connection,
    setTimeout: () => connection,
    ref: () => {
      for (const part of parts) part.ref?.();
      return connection;
    },
    unref: () => {
      for (const part of parts) part.unref?.();
      return connection;
    },
  });
}

/** A private socket of this process whose connections go on through `dial`. */
export interface Relay {
  readonly path: string;
  close(): void;
}

/**
 * Makes an address usable by a library that knows nothing but unix sockets. The socket lies in a folder that only this user may enter.
 */
export function openRelay(address: Address): Promise<Relay> {
  const folder = platform() === 'win32' ? undefined : mkdtempSync(join(tmpdir(), 'fig-'));
  const path = folder ? join(folder, 'engine.sock') : `\\\\.\\pipe\\fig-${randomBytes(8).toString('hex')}`;
  const server = createServer({ allowHalfOpen: true }, near => {
    const far = dial(address);
    near.on('error', () => far.destroy());
    // Bytes cannot tell why a connection failed: the near side sees it cut, and the direct client of the same engine tells the reason.
    far.on('error', () => near.destroy());
    near.on('close', () => far.destroy());
    near.pipe(far).pipe(near);
  });
  const removeFolder = () => folder && rmSync(folder, { recursive: true, force: true });
  const close = () => {
    server.close();
    removeFolder();
  };
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => {
      server.unref();
      resolve({ path, close });
    });
  });
}
