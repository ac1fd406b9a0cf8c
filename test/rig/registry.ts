// A registry on loopback with a password, from Debian's docker-registry: for pulls and their credentials.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { daemonAt } from './daemon.ts';
import { start } from './process.ts';
import { freePort } from './project.ts';

export interface Registry {
  /** `127.0.0.1:PORT`, the first part of an image's name. */
  readonly address: string;
  readonly username: string;
  readonly password: string;
  /** What config.json holds under `auths[address].auth`. */
  readonly auth: string;
  /** Pushes an image of the engine, by default busybox, under a name and tag; returns the full reference. The engine's own tag is removed again. */
  push(name: string, tag?: string, image?: string): Promise<string>;
}

/** Starts a registry with one user; it is ended when the test ends. */
export async function startRegistry(): Promise<Registry> {
  const folder = mkdtempSync(join(tmpdir(), 'fig-registry-'));
  const port = await freePort();
  const [username, password] = ['ada', 'a secret of the test'];
  mkdirSync(join(folder, 'data'));
  writeFileSync(join(folder, 'htpasswd'), execFileSync('htpasswd', ['-Bbn', username, password]));
  const settings = {
    version: 0.1,
    log: { level: 'warn' },
    storage: { filesystem: { rootdirectory: join(folder, 'data') } },
    http: { addr: `127.0.0.1:${port}` },
    auth: { htpasswd: { realm: 'fig', path: join(folder, 'htpasswd') } },
  };
  writeFileSync(join(folder, 'config.yml'), JSON.stringify(settings)); // JSON is YAML
  const env = { PATH: process.env['PATH'] ?? '' };
  const running = start('docker-registry', ['serve', join(folder, 'config.yml')], { cwd: folder, env, timeoutMs: 600_000 });
  onTestFinished(async () => {
    running.kill('SIGTERM');
    await running.done;
    rmSync(folder, { recursive: true, force: true });
  });

  const address = `127.0.0.1:${port}`;
  const deadline = Date.now() + 20_000;
  while ((await fetch(`http://${address}/v2/`).catch(() => undefined))?.status !== 401) {
    if (Date.now() > deadline) throw new Error(`the registry did not become ready\n${running.stderr}`);
    await pause(50);
  }

  const auth = Buffer.from(`${username}:${password}`).toString('base64');
  return {
    address,
    username,
    password,
    auth,
    async push(name, tag = 'latest', image = 'busybox:latest') {
      const daemon = daemonAt();
      const repository = `${address}/${name}`;
      // Engines want base64url with its padding, which Node's own leaves out.
      const plain = Buffer.from(JSON.stringify({ username, password, serveraddress: address })).toString('base64');
      const credentials = plain.replaceAll('+', '-').replaceAll('/', '_');
      await daemon.post(`/images/${image}/tag?repo=${encodeURIComponent(repository)}&tag=${tag}`);
      const answer = await daemon.call('POST', `/images/${repository}/push?tag=${tag}`, { headers: { 'X-Registry-Auth': credentials } });
      if (answer.status !== 200 || answer.text.includes('"error"')) throw new Error(`push of ${repository}:${tag}: ${answer.text}`);
      await daemon.call('DELETE', `/images/${repository}:${tag}`);
      return `${repository}:${tag}`;
    },
  };
}
