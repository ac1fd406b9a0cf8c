// Attached up under load: many containers that write their lines in pieces, read by someone who takes their time.
import { spawn } from 'node:child_process';
import { expect, test } from 'vitest';
import { createProject, figPath } from '../rig/project.ts';

const containers = 20;
/** Lines by their line feeds alone: a carriage return is a byte like others. */
async function* linesOf(stream: AsyncIterable<Buffer>): AsyncIterable<string> {
  let rest = '';
  for await (const chunk of stream) {
    const parts = (rest + chunk.toString()).split('\n');
    rest = parts.pop() ?? '';
    yield* parts;
  }
  if (rest !== '') yield rest;
}

/** Each line is written in pieces, with a flush after each: 50,000 writes a container. */
const linesEach = 12_500;
const piecesEach = 4;

test('20 containers with 50,000 partial writes each, read slowly: each line of output is one line of one container', {
  timeout: 600_000,
}, async () => {
  const script = `BEGIN { for (i = 0; i < ${linesEach}; i++) { printf "one "; fflush(); printf i; fflush(); printf " three"; fflush(); print " four"; fflush() } printf "last" }`;
  const services = Array.from({ length: containers }, (_, index) => `s${index}`);
  const project = createProject({
    'compose.yaml': JSON.stringify({
      services: Object.fromEntries(services.map(name => [name, { image: 'busybox', command: ['awk', script], network_mode: 'none' }])),
    }),
  });
  const fig = spawn(process.execPath, [figPath, 'up'], {
    cwd: project.directory,
    env: project.environment(),
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = new Promise<number | null>(resolve => fig.on('close', resolve));
  const next = new Map(services.map(name => [`${name}-1`, 0]));
  const wrong: string[] = [];
  let read = 0;
  for await (const line of linesOf(fig.stdout)) {
    // A reader that pauses again and again, so that what is written has to wait in between.
    if (++read % 5_000 === 0) await new Promise(resolve => setTimeout(resolve, 20));
    const [, name, text] = /^(s\d+-1) +\| (.*)$/.exec(line) ?? [];
    if (name === undefined || text === undefined) {
      if (!/^Attaching to |exited with code 0$/.test(line)) wrong.push(line);
      continue;
    }
    const wanted = next.get(name) ?? -1;
    if (text !== (wanted === linesEach ? 'last' : `one ${wanted} three four`)) wrong.push(line);
    next.set(name, wanted + 1);
  }
  expect(await ended).toBe(0);
  expect(wrong.slice(0, 5)).toEqual([]);
  expect(linesEach * piecesEach).toBe(50_000);
  expect([...next.values()]).toEqual(services.map(() => linesEach + 1));
});
