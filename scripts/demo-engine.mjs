// The demo's dealings with engines: finds one or brings one, makes the example's image, finds a free port, and undoes it.
// usage: demo-engine.mjs find | start | image HOST | port HOST | stop        What the caller needs goes to stdout, what people read to stderr.
import { existsSync, readFileSync } from 'node:fs';
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
} from './engine.mjs';

const directory = '/var/lib/fig-demo';
const image = 'shop-base:latest';
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
  say(`Installing ${packages.join(', ')} with apt (${purpose}) …`);
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
  say('No container engine answers on this machine.');
  installOrExplain(missingPackages(), 'a container engine');
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

async function makeImage(host) {
  const inspect = name => callEngine(host, 'GET', `/images/${name}/json`);
  if ((await inspect(image)).status === 200) return;
  const busyboxMissing = () => missingPackages().filter(name => name === 'busybox-static');
  if (busyboxMissing().length > 0 && cannotInstall() && (await inspect('busybox:latest')).status === 200) {
    const [repo, tag] = image.split(':');
    await callEngine(host, 'POST', `/images/busybox:latest/tag?repo=${repo}&tag=${tag}`);
    return;
  }
  installOrExplain(busyboxMissing(), 'busybox, of which the image is made,');
  say(`Making the image ${image} from ${programPath('busybox')} (no registry is asked) …`);
  await importBusybox(host, image);
}

const isFree = port =>
  new Promise(resolve => {
    const probe = createServer().on('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });

/** The port on which the shop is published already, else 8080, else the next free one. */
async function port(host) {
  const filters = encodeURIComponent(
    JSON.stringify({ label: ['com.docker.compose.project=shop', 'com.docker.compose.service=web'], status: ['running'] }),
  );
  const [web] = JSON.parse((await callEngine(host, 'GET', `/containers/json?filters=${filters}`)).text);
  const published = web?.Ports.find(one => one.PublicPort)?.PublicPort;
  if (published) return published;
  for (let candidate = 8080; candidate < 8180; candidate++) if (await isFree(candidate)) return candidate;
  throw new Error('no free port from 8080 to 8179');
}

const [verb, host] = process.argv.slice(2);
switch (verb) {
  case 'find':
    console.log((await find()) ?? '');
    break;
  case 'start':
    console.log(await start());
    break;
  case 'image':
    await makeImage(host);
    break;
  case 'port':
    console.log(await port(host));
    break;
  case 'stop':
    if (existsSync(join(directory, 'engine.json'))) {
      say('Ending the engine that the demo started …');
      await stopEngine(directory);
    }
    break;
  default:
    say('usage: demo-engine.mjs find | start | image HOST | port HOST | stop');
    process.exit(2);
}
