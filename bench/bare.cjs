// The least that must be said to an engine to bring containers up, to see that they are, and to take them down, over node:http and nothing else: what fig's time is measured against.
// usage: bare.cjs up|noop|down PROJECT COUNT      DOCKER_HOST is a unix socket.
// As CommonJS, which Node starts faster; at most four calls in flight, as fig makes on two cores (more only queue in the engine).
'use strict';
const { Agent, request } = require('node:http');

const agent = new Agent({ keepAlive: true });
const socketPath = (process.env.DOCKER_HOST ?? '').replace('unix://', '');

function call(method, path, body) {
  return new Promise((resolve, reject) => {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const headers = text === undefined ? {} : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) };
    const sent = request({ socketPath, agent, method, path: `/v1.41${path}`, headers }, response => {
      const parts = [];
      response.on('data', part => parts.push(part));
      response.on('end', () => {
        const answer = Buffer.concat(parts).toString('utf8');
        if (response.statusCode >= 400) reject(new Error(`${method} ${path}: ${response.statusCode} ${answer}`));
        else resolve(answer === '' ? undefined : JSON.parse(answer));
      });
    });
    sent.on('error', reject);
    sent.end(text);
  });
}

const [verb, project, count] = process.argv.slice(2);
const services = Array.from({ length: Number(count) }, (_, index) => `s${index}`);
const label = `com.docker.compose.project=${project}`;
const filters = encodeURIComponent(JSON.stringify({ label: [label] }));

/** Does the work for each item, for four of them at once. */
async function four(items, work) {
  const waiting = [...items];
  const worker = async () => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: 4 }, worker));
}

/** Containers made and started side by side, at most four at once. */
async function bringUp() {
  await call('GET', '/images/busybox:latest/json');
  const Labels = { 'com.docker.compose.project': project };
  await call('POST', '/networks/create', { Name: `${project}_default`, Labels });
  await four(services, async service => {
    const { Id } = await call('POST', `/containers/create?name=${project}-${service}-1`, {
      Image: 'busybox',
      Cmd: ['sleep', '3600'],
      Labels: { ...Labels, 'com.docker.compose.service': service },
      StopTimeout: 0,
      HostConfig: { NetworkMode: `${project}_default` },
      NetworkingConfig: { EndpointsConfig: { [`${project}_default`]: { Aliases: [service] } } },
    });
    await call('POST', `/containers/${Id}/start`);
  });
}

/** Containers stopped and removed, then their network. */
async function takeDown() {
  const [containers, networks] = await Promise.all([
    call('GET', `/containers/json?all=1&filters=${filters}`),
    call('GET', `/networks?filters=${filters}`),
  ]);
  await four(containers, async ({ Id }) => {
    await call('POST', `/containers/${Id}/stop`);
    await call('DELETE', `/containers/${Id}?force=1`);
  });
  for (const { Id } of networks) await call('DELETE', `/networks/${Id}`);
}

/** What any tool must ask to know that nothing is to be done. */
const look = () =>
  Promise.all([
    call('GET', `/containers/json?all=1&filters=${filters}`),
    call('GET', `/networks?filters=${filters}`),
    call('GET', '/images/busybox:latest/json'),
  ]);

const verbs = { up: bringUp, noop: look, down: takeDown };
verbs[verb]().finally(() => agent.destroy());
