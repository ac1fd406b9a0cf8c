// A Docker engine of one's own, from Debian's packages: for the tests (private: it dies with the run) and for the demo (stays until stopped).
// Plain JavaScript without dependencies, since it runs before anything is installed.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { homedir, networkInterfaces, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** What an engine and its image need: a program to look for → the Debian package that has it. */
const enginePrograms = { dockerd: 'docker.io', busybox: 'busybox-static', iptables: 'iptables' };
/** What only tests need: a registry with a password. */
export const registryPrograms = { 'docker-registry': 'docker-registry', htpasswd: 'apache2-utils' };

const searchPath = `${process.env.PATH ?? ''}:/usr/local/sbin:/usr/sbin:/sbin`;
const environment = { ...process.env, PATH: searchPath };

/** The path of a program, or undefined. */
export function programPath(name) {
  return searchPath
    .split(':')
    .filter(folder => folder !== '')
    .map(folder => join(folder, name))
    .find(path => existsSync(path));
}

export const isRoot = () => process.getuid?.() === 0;

/** Debian packages that are missing for an engine (and for `more` programs). */
export function missingPackages(more = {}) {
  const wanted = Object.entries({ ...enginePrograms, ...more });
  const missing = wanted.filter(([program]) => programPath(program) === undefined).map(([, name]) => name);
  const busybox = programPath('busybox');
  // Debian's plain busybox is linked to libraries that an image made of it alone would lack.
  if (busybox && existsSync('/usr/bin/dpkg') && spawnSync('dpkg', ['-s', 'busybox-static'], { stdio: 'ignore' }).status !== 0)
    missing.push('busybox-static');
  return [...new Set(missing)];
}

/** Why packages cannot be installed here, or undefined where they can. */
export function cannotInstall() {
  if (!programPath('apt-get')) return 'this is not Debian or Ubuntu (there is no apt-get)';
  if (!isRoot()) return 'only root may install packages';
  return undefined;
}

/** Installs packages with apt, without letting their services start. What apt says is shown only where it fails, which throws. */
export function installPackages(names) {
  const policy = '/usr/sbin/policy-rc.d';
  const ownPolicy = !existsSync(policy);
  if (ownPolicy) writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  const apt = (...args) =>
    spawnSync('apt-get', args, { encoding: 'utf8', maxBuffer: 64 << 20, env: { ...environment, DEBIAN_FRONTEND: 'noninteractive' } });
  const install = () => apt('install', '-y', '-q', '--no-install-recommends', ...names);
  try {
    if (install().status === 0) return;
    const update = apt('update', '-q'); // a fresh machine has no lists yet, an old one knows versions that are gone
    const last = install();
    if (last.status !== 0)
      throw new Error(`apt-get cannot install ${names.join(', ')}:\n${update.stderr}${last.stdout}${last.stderr}`.trim());
  } finally {
    if (ownPolicy) rmSync(policy, { force: true });
  }
}

/** A process as one can know it again later: its id and the time it started, so that a reused id is not mistaken for it. */
export function identify(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : { pid, started: fields[19] };
  } catch (failure) {
    if (failure.code === 'ENOENT' || failure.code === 'ESRCH') return undefined;
    throw failure;
  }
}

/** Whether the very process that was identified still runs. */
export const isAlive = process => process !== undefined && identify(process.pid)?.started === process.started;

/** Ends a process that was identified, and waits for its end. Kills it after `graceMs`. */
export async function endProcess(identity, { signal = 'SIGTERM', graceMs = 10_000 } = {}) {
  if (!isAlive(identity)) return;
  process.kill(identity.pid, signal);
  const deadline = Date.now() + graceMs;
  while (isAlive(identity) && Date.now() < deadline) await pause(20);
  if (!isAlive(identity)) return;
  process.kill(identity.pid, 'SIGKILL');
  while (isAlive(identity)) await pause(20);
}

/** One call to an engine at `unix:///path` or `tcp://host:port`. Resolves to status, headers and body text. */
export function callEngine(host, method, path, { body, headers = {}, timeoutMs = 60_000 } = {}) {
  const where = host.startsWith('unix://')
    ? { socketPath: host.slice('unix://'.length) }
    : { host: new URL(host).hostname, port: new URL(host).port };
  return new Promise((resolve, reject) => {
    const request = httpRequest({ ...where, method, path, headers, timeout: timeoutMs, agent: false }, response => {
      const parts = [];
      response.on('data', part => parts.push(part));
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status: response.statusCode, headers: response.headers, text: Buffer.concat(parts).toString('utf8') }),
      );
    });
    request.on('timeout', () => request.destroy(new Error(`${method} ${path}: no answer within ${timeoutMs} ms`)));
    request.on('error', reject);
    request.end(body);
  });
}

/** Whether an engine answers at `host`. */
export async function answers(host) {
  try {
    return (await callEngine(host, 'GET', '/_ping', { timeoutMs: 3000 })).status === 200;
  } catch {
    return false; // nothing there, not allowed, or not an engine: all the same to somebody who looks for one
  }
}

/** The host of the current Docker context, read as the docker command does; undefined for `default`. */
function contextHost() {
  const folder = process.env.DOCKER_CONFIG ?? join(homedir(), '.docker');
  const readJson = path => (existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined);
  const name = process.env.DOCKER_CONTEXT ?? readJson(join(folder, 'config.json'))?.currentContext;
  const metas = join(folder, 'contexts', 'meta');
  if (!name || name === 'default' || !existsSync(metas)) return undefined;
  const found = readdirSync(metas)
    .map(entry => readJson(join(metas, entry, 'meta.json')))
    .find(meta => meta?.Name === name);
  return found?.Endpoints?.docker?.Host;
}

/** Sockets that engines of all kinds use and that are there, whether or not anything answers. */
export function usualSockets() {
  const user = userInfo().uid;
  const runtime = process.env.XDG_RUNTIME_DIR ?? `/run/user/${user}`;
  const sockets = [
    '/var/run/docker.sock',
    join(runtime, 'docker.sock'),
    join(homedir(), '.docker/run/docker.sock'),
    join(homedir(), '.docker/desktop/docker.sock'),
    join(homedir(), '.colima/default/docker.sock'),
    join(homedir(), '.orbstack/run/docker.sock'),
    join(runtime, 'podman/podman.sock'),
    '/run/podman/podman.sock',
  ];
  return sockets.filter(path => existsSync(path));
}

/** An engine that is there already: DOCKER_HOST, the current context, the usual sockets, Podman's. Undefined where none answers. */
export async function findEngine() {
  if (process.env.DOCKER_HOST) return (await answers(process.env.DOCKER_HOST)) ? process.env.DOCKER_HOST : undefined;
  const hosts = [contextHost(), ...usualSockets().map(path => `unix://${path}`)];
  for (const host of hosts) if (host && (await answers(host))) return host;
  return undefined;
}

/** Second byte of a 10.x.0.0/16 that no address and no route of this machine touches. */
function freeSubnet() {
  const taken = new Set();
  for (const addresses of Object.values(networkInterfaces()))
    for (const { address } of addresses ?? []) if (address.startsWith('10.')) taken.add(Number(address.split('.')[1]));
  for (const line of readFileSync('/proc/net/route', 'utf8').split('\n').slice(1)) {
    const [, destination, , , , , , mask] = line.split('\t');
    // Little-endian hexadecimal: the last byte is the first of the address.
    if (destination?.endsWith('0A') && mask !== '00000000') taken.add(Number.parseInt(destination.slice(4, 6), 16));
  }
  for (let second = 200; second < 255; second++) if (!taken.has(second)) return second;
  throw new Error('no free 10.200–254.0.0/16 for the engine');
}

const ip = (...args) => execFileSync(programPath('busybox'), ['ip', ...args], { stdio: ['ignore', 'ignore', 'pipe'] });

/** Whether processes can be given network, mount and process-id namespaces of their own here. */
export const canIsolate = () =>
  isRoot() &&
  programPath('unshare') !== undefined &&
  programPath('setpriv') !== undefined &&
  spawnSync('unshare', ['--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc', 'true'], { stdio: 'ignore' }).status === 0;

const stateFile = directory => join(directory, 'engine.json');

/** Written whole or not at all: another run may sweep at this very moment. */
function writeState(directory, state) {
  writeFileSync(`${stateFile(directory)}.new`, JSON.stringify(state));
  renameSync(`${stateFile(directory)}.new`, stateFile(directory));
}

/**
 * Starts dockerd with everything of its own below `directory`: data, exec root, socket, pid file, log, bridge, subnet and cgroup.
 * `isolated`: in its own mount and process-id namespaces, tied to this process: whatever way it ends, the engine and all its containers end too.
 * Otherwise the engine goes on when this process ends. Resolves to its host once /_ping answers.
 */
export async function startEngine(directory, { isolated, readyMs = 60_000 }) {
  mkdirSync(directory, { recursive: true });
  const id = directory
    .split('/')
    .at(-1)
    .replace(/^fig-|[^a-z0-9]/gi, '')
    .slice(-11);
  const second = freeSubnet();
  const socket = join(directory, 'docker.sock');
  const bridge = `fig${id}`.slice(0, 15);
  const state = {
    owner: isolated ? identify(process.pid) : undefined,
    bridge,
    cgroup: `fig-${id}`,
    host: `unix://${socket}`,
    isolated,
    firewall: isolated ? undefined : firewall(),
  };
  writeState(directory, state);

  ip('link', 'add', bridge, 'type', 'bridge');
  ip('addr', 'add', `10.${second}.0.1/24`, 'dev', bridge);
  ip('link', 'set', bridge, 'up');
  const dockerd = [
    ...['dockerd', '--data-root', join(directory, 'data'), '--exec-root', join(directory, 'exec'), '--pidfile', join(directory, 'pid')],
    ...['-H', state.host, '--bridge', bridge, '--default-address-pool', `base=10.${second}.0.0/16,size=24`],
    ...['--cgroup-parent', `/${state.cgroup}`, '--config-file', join(directory, 'daemon.json')],
  ];
  writeFileSync(join(directory, 'daemon.json'), '{}\n');
  // A containerd of the system must not be shared: dockerd starts its own where it sees none.
  const hide = 'if [ -d /run/containerd ]; then mount -t tmpfs tmpfs /run/containerd; fi; exec "$@"';
  const tie = ['setpriv', '--pdeathsig', 'KILL', 'unshare', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc'];
  const [program, ...args] = isolated ? [...tie, 'sh', '-c', hide, 'sh', ...dockerd] : dockerd;
  const log = openSync(join(directory, 'log'), 'a');
  const child = spawn(program, args, { stdio: ['ignore', log, log], detached: !isolated, env: environment });
  child.unref();
  state.daemon = identify(child.pid);
  writeState(directory, state);

  const deadline = Date.now() + readyMs;
  while (!(await answers(state.host))) {
    if (!isAlive(state.daemon) || Date.now() > deadline) {
      const tail = readFileSync(join(directory, 'log'), 'utf8').trim().split('\n').slice(-15).join('\n');
      await stopEngine(directory);
      throw new Error(`dockerd did not become ready; the end of its log:\n${tail}`);
    }
    await pause(50);
  }
  return state.host;
}

/** Ends the engine of a directory by its process id, with its containers, and removes all that was made for it. */
export async function stopEngine(directory) {
  if (!existsSync(stateFile(directory))) return;
  const state = JSON.parse(readFileSync(stateFile(directory), 'utf8'));
  if (state.isolated) {
    await endProcess(state.daemon, { signal: 'SIGKILL' }); // takes its namespaces along: containers, mounts, shims
  } else if (isAlive(state.daemon)) {
    if (await answers(state.host)) await removeEverything(state.host);
    await endProcess(state.daemon, { graceMs: 30_000 });
  }
  if (state.firewall) restoreFirewall(state.firewall, state.bridge);
  // Fails where the device went with its network namespace, which is as good.
  spawnSync(programPath('busybox'), ['ip', 'link', 'del', state.bridge], { stdio: 'ignore' });
  for (const mount of mountsBelow(directory)) spawnSync('umount', ['-l', mount], { stdio: 'ignore' });
  await removeCgroups(state.cgroup);
  rmSync(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}

const firewallTables = ['filter', 'nat'];
const iptables = (table, ...args) => spawnSync(programPath('iptables'), ['-w', '-t', table, ...args], { encoding: 'utf8' });

/** The rules of the machine's firewall, as iptables lists them, by table: dockerd adds to them and leaves them behind. */
const firewall = () => Object.fromEntries(firewallTables.map(table => [table, iptables(table, '-S').stdout.trim().split('\n')]));

/** Takes away what the engine on `bridge` added to the firewall since `before`; what another engine may use by now stays. */
function restoreFirewall(before, bridge) {
  const isShared = firewallTables.some(table => iptables(table, '-S').stdout.match(/ -[io] (?:docker0|br-)/) !== null);
  for (const table of firewallTables) {
    const added = iptables(table, '-S')
      .stdout.trim()
      .split('\n')
      .filter(rule => !before[table].includes(rule));
    const own = added.filter(rule => rule.includes(` ${bridge} `) || (!isShared && rule.includes('DOCKER')));
    const words = rule => rule.match(/"[^"]*"|\S+/g).map(word => word.replaceAll('"', ''));
    for (const rule of own.filter(rule => rule.startsWith('-A '))) iptables(table, '-D', ...words(rule).slice(1));
    for (const rule of own.filter(rule => rule.startsWith('-N '))) iptables(table, '-X', ...words(rule).slice(1));
    // dockerd closes forwarding where it was the one to switch it on.
    if (!isShared && added.includes('-P FORWARD DROP')) iptables(table, '-P', 'FORWARD', 'ACCEPT');
  }
}

async function removeEverything(host) {
  const list = async path => JSON.parse((await callEngine(host, 'GET', path)).text);
  for (const { Id } of await list('/containers/json?all=1')) await callEngine(host, 'DELETE', `/containers/${Id}?force=1&v=1`);
  for (const { Id, Name } of await list('/networks'))
    if (!['bridge', 'host', 'none'].includes(Name)) await callEngine(host, 'DELETE', `/networks/${Id}`);
}

function mountsBelow(directory) {
  const points = readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .map(line => line.split(' ')[4] ?? '');
  return points.filter(point => point.startsWith(`${directory}/`)).reverse();
}

/** A cgroup goes once its processes are gone, which the kernel does a moment after they ended. */
async function removeCgroups(name) {
  const root = '/sys/fs/cgroup';
  if (!existsSync(root)) return;
  const below = folder =>
    readdirSync(folder, { withFileTypes: true })
      .filter(entry => entry.isDirectory())
      .flatMap(entry => [...below(join(folder, entry.name)), join(folder, entry.name)]);
  const tops = [
    root,
    ...readdirSync(root, { withFileTypes: true })
      .filter(entry => entry.isDirectory())
      .map(entry => join(root, entry.name)),
  ];
  for (let attempt = 0; attempt < 20; attempt++) {
    const left = tops.map(top => join(top, name)).filter(path => existsSync(path));
    if (left.length === 0) return;
    for (const path of left.flatMap(top => [...below(top), top])) {
      try {
        rmdirSync(path);
      } catch (failure) {
        if (!['EBUSY', 'ENOENT', 'ENOTEMPTY'].includes(failure.code)) throw failure;
      }
    }
    await pause(50);
  }
}

const privatePrefix = 'fig-engine-';

/** Starts an engine for one run, below the temporary folder; `stop` ends it. Leftovers of runs that crashed are swept first. */
export async function startPrivateEngine() {
  await sweepPrivateEngines();
  const directory = mkdtempSync(join(tmpdir(), privatePrefix));
  const host = await startEngine(directory, { isolated: canIsolate() });
  return { host, directory, stop: () => stopEngine(directory) };
}

/** Ends and removes the engines of runs whose process is gone. A run that goes on side by side is left alone. */
export async function sweepPrivateEngines() {
  for (const entry of readdirSync(tmpdir()).filter(name => name.startsWith(privatePrefix))) {
    const directory = join(tmpdir(), entry);
    if (!existsSync(stateFile(directory))) continue;
    const { owner } = JSON.parse(readFileSync(stateFile(directory), 'utf8'));
    if (!isAlive(owner)) await stopEngine(directory);
  }
}

/** Makes the image `busybox:latest` from Debian's busybox-static, with labels, and gives it to the engine: no registry is asked. */
export async function importBusybox(host, reference = 'busybox:latest', labels = {}) {
  const busybox = programPath('busybox');
  const root = mkdtempSync(join(tmpdir(), 'fig-image-'));
  try {
    for (const folder of ['bin', 'etc', 'root', 'run', 'tmp', 'var', 'www']) mkdirSync(join(root, folder));
    await copyFile(busybox, join(root, 'bin/busybox'));
    const applets = execFileSync(busybox, ['--list'], { encoding: 'utf8' }).split('\n');
    for (const applet of applets) if (applet !== '' && applet !== 'busybox') symlinkSync('busybox', join(root, 'bin', applet));
    writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n');
    writeFileSync(join(root, 'etc/group'), 'root:x:0:\nnogroup:x:65534:\n');
    const archive = execFileSync('tar', ['-c', '--owner=0', '--group=0', '-C', root, '.'], { maxBuffer: 64 << 20 });
    const [repository, tag] = reference.split(':');
    const query = new URLSearchParams({ fromSrc: '-', repo: repository, tag, changes: 'CMD ["sh"]' });
    for (const [name, value] of Object.entries(labels)) query.append('changes', `LABEL ${name}=${value}`);
    const answer = await callEngine(host, 'POST', `/images/create?${query}`, {
      body: archive,
      headers: { 'Content-Type': 'application/x-tar', 'Content-Length': archive.length },
    });
    if (answer.status !== 200 || answer.text.includes('"error"')) throw new Error(`the engine did not take the image: ${answer.text}`);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
