// An engine that only says what it is, listens, and remembers what it was asked to make: for the bodies of calls that no engine at hand takes.
// Shared by scripts/record.mjs, which records what the reference sends, and the tests, which compare fig with that.
import { rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const version = '1.51';
const busybox = {
  Id: `sha256:${'b'.repeat(64)}`,
  RepoTags: ['busybox:latest'],
  RepoDigests: [],
  Os: 'linux',
  Architecture: 'amd64',
  Size: 1,
  Config: { Cmd: ['sh'] },
};

/** Starts listening. `made` holds `POST /containers/create?name=…` and its like, with their bodies. Things named `outside-…` are there. */
export async function startStubEngine() {
  const socket = join(tmpdir(), `fig-stub-${process.pid}-${Math.random().toString(16).slice(2)}.sock`);
  const made = [];
  const answer = (method, path, query) => {
    const name = decodeURIComponent(path.split('/')[2] ?? '');
    if (path === '/_ping') return 'OK';
    if (path === '/version') return { ApiVersion: version, MinAPIVersion: '1.24', Version: '28.3.0', Os: 'linux', Arch: 'amd64' };
    if (path === '/info')
      return { NCPU: 2, ServerVersion: '28.3.0', OSType: 'linux', Architecture: 'x86_64', Swarm: { LocalNodeState: 'inactive' } };
    if (method === 'POST' && path.endsWith('/create')) return { Id: 'c'.repeat(64), Name: query.get('name') ?? 'made', Warnings: [] };
    if (method === 'POST') return {};
    if (path === '/containers/json') return [];
    if (path === '/volumes') return { Volumes: [] };
    if (path === '/networks') return /outside-/.test(query.get('filters') ?? '') ? [outside('outside-network')] : [];
    if (path.startsWith('/images/')) return busybox;
    if (path.startsWith('/containers/'))
      return { Id: name, Name: '/made', State: { Status: 'created' }, Config: { Labels: {} }, HostConfig: {}, NetworkSettings: {} };
    if (name.startsWith('outside-')) return outside(name);
    return undefined;
  };
  const server = createServer((request, response) => {
    const chunks = [];
    request.on('data', chunk => chunks.push(chunk));
    request.on('end', () => {
      const { pathname, searchParams } = new URL(request.url, 'http://engine');
      const path = pathname.replace(/^\/v1\.\d+/, '');
      if (request.method === 'POST') {
        const asked = [...searchParams]
          .map(([key, value]) => `${key}=${value}`)
          .sort()
          .join('&');
        const text = Buffer.concat(chunks).toString();
        made.push({ call: `POST ${path}${asked && `?${asked}`}`, body: text ? JSON.parse(text) : null });
      }
      const found = answer(request.method, path, searchParams);
      response.setHeader('Api-Version', version);
      response.setHeader('Ostype', 'linux');
      response.statusCode = found === undefined ? 404 : request.method === 'POST' ? 201 : 200;
      if (typeof found === 'string') return response.end(request.method === 'HEAD' ? undefined : found);
      response.setHeader('Content-Type', 'application/json');
      response.end(JSON.stringify(found ?? { message: `no such thing: ${path}` }));
    });
  });
  await new Promise(resolve => server.listen(socket, resolve));
  return {
    host: `unix://${socket}`,
    made,
    async stop() {
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
      rmSync(socket, { force: true });
    },
  };
}

function outside(name) {
  return { Id: 'd'.repeat(64), Name: name, Driver: 'bridge', Scope: 'local', Labels: {}, Mountpoint: '/there' };
}
