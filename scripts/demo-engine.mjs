// The demo's dealings with engines: finds one or brings one, makes the example's image, finds a free port, and undoes it.
// usage: demo-engine.mjs find | start | image HOST | port HOST | stop [HOST]        What the caller needs goes to stdout, what people read to stderr.
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import {
  answers,
  callEngine,
  cannotInstall,
  findEngine,
  importBusybox,
  installPackages,
  isRoot,
  missingPackages,
  programPath,
  startEngine,
  stopEngine,
  usualSockets,
} from './engine.mjs';

const directory = '/var/lib/fig-demo';
const image = 'shop-base:latest';
/** Marks the image as the demo's own, to be removed with the rest. */
const mark = 'dev.fig.demo';
const say = text => console.error(text);

/** The engine that an earlier demo started, while it runs. */
async function ownEngine() {
  const state = join(directory, 'engine.json');
  if (!existsSync(state)) return undefined;
  const { host } = JSON.parse(readFileSync(state, 'utf8'));
  return (await answers(host)) ? host : undefined;
}

function installOrExplain(packages, purpose) {
  if (packages.length === 0) return;
  const obstacle = cannotInstall();
  if (obstacle) {
    say(`${purpose} is missing, and the demo cannot install it: ${obstacle}.`);
    say('Any one of these will do; then run the demo again:');
    say(`  · as root on Debian or Ubuntu:  apt-get install ${packages.join(' ')}`);
    say('  · a Docker engine that this user may use (its socket, DOCKER_HOST or a Docker context), with the image:');
    say(`      docker pull busybox && docker tag busybox ${image}`);
    process.exit(1);
  }
  say(`Installing ${packages.join(', ')} with apt, which may take a minute …`);
  installPackages(packages);
}

/** The engine that a demo would use or has used; nothing is installed or started. */
const find = async () => (process.env.DOCKER_HOST ? findEngine() : ((await ownEngine()) ?? findEngine()));

async function start() {
  if (process.env.DOCKER_HOST) {
    if (await answers(process.env.DOCKER_HOST)) return process.env.DOCKER_HOST;
    say(`DOCKER_HOST is ${process.env.DOCKER_HOST}, but no engine answers there. Start it, or unset DOCKER_HOST.`);
    process.exit(1);
  }
  const found = await find();
  if (found) {
    say(`Engine: ${found}`);
    return found;
  }
  const closed = [join(directory, 'docker.sock'), ...usualSockets()].find(path => !isAllowed(path));
  if (closed) {
    say(
      `A container engine may be there, but this user may not use its socket, ${closed}. Either of these will do; then run the demo again:`,
    );
    say('  · run the demo as root');
    say('  · as root:  usermod -aG docker USER   (who is in that group can do what root can); then log in anew');
    process.exit(1);
  }
  say('No container engine answers on this machine.');
  installOrExplain(missingPackages(), 'A container engine');
  if (!isRoot()) {
    say('Docker is installed, but not running, and only root may start it: start it (systemctl start docker), then run the demo again.');
    process.exit(1);
  }
  await stopEngine(directory); // what a crashed one left
  say(`Starting an engine for the demo; all of it lives in ${directory} until \`npm run demo:stop\` …`);
  const host = await startEngine(directory, { isolated: false });
  say(`Engine: ${host}`);
  return host;
}

/** Whether this user may write to a socket. */
function isAllowed(path) {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch (failure) {
    return failure.code !== 'EACCES'; // what is not there is closed to nobody
  }
}

async function makeImage(host) {
  const inspect = name => callEngine(host, 'GET', `/images/${name}/json`);
  if ((await inspect(image)).status === 200) return;
  const busyboxMissing = () => missingPackages().filter(name => name === 'busybox-static');
  if (busyboxMissing().length > 0 && cannotInstall() && (await inspect('busybox:latest')).status === 200) {
    const [repo, tag] = image.split(':');
    await callEngine(host, 'POST', `/images/busybox:latest/tag?repo=${repo}&tag=${tag}`);
    return;
  }
  installOrExplain(busyboxMissing(), 'Busybox, of which the image is made,');
  say(`Making the image ${image} from ${programPath('busybox')} (no registry is asked) …`);
  await importBusybox(host, image, { [mark]: 'yes' });
}

/** Removes the image, if the demo made it. */
async function removeImage(host) {
  const { status, text } = await callEngine(host, 'GET', `/images/${image}/json`);
  if (status === 200 && JSON.parse(text).Config.Labels?.[mark]) await callEngine(host, 'DELETE', `/images/${image}`);
}

const isFree = port =>
  new Promise(resolve => {
    const probe = createServer().on('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });

/** The port on which the shop is published already, else 8080, else the next free one. */
async function port(host) {
  const filters = encodeURIComponent(
    JSON.stringify({ label: ['com.docker.compose.project=fig-shop', 'com.docker.compose.service=web'], status: ['running'] }),
  );
  const [web] = JSON.parse((await callEngine(host, 'GET', `/containers/json?filters=${filters}`)).text);
  const published = web?.Ports.find(one => one.PublicPort)?.PublicPort;
  if (published) return published;
  for (let candidate = 8080; candidate < 8180; candidate++) if (await isFree(candidate)) return candidate;
  throw new Error('no free port from 8080 to 8179');
}

async function run(verb, host) {
  switch (verb) {
    case 'find':
      return console.log((await find()) ?? '');
    case 'start':
      return console.log(await start());
    case 'image':
      return makeImage(host);
    case 'port':
      return console.log(await port(host));
    case 'stop':
      if (host) await removeImage(host);
      if (!existsSync(join(directory, 'engine.json'))) return;
      if (!isRoot()) throw new Error("The demo's engine was started by root, and only root can end it.");
      say('Ending the engine that the demo started …');
      return stopEngine(directory);
    default:
      throw new Error('usage: demo-engine.mjs find | start | image HOST | port HOST | stop [HOST]');
  }
}

try {
  await run(...process.argv.slice(2));
} catch (failure) {
  say(failure.message);
  process.exitCode = 1;
}
