// What a user of the command line is told, in the reference's words: of containers that have ended, and of questions without an answer.
import { expect, test } from 'vitest';
import { createProject, freePort } from '../rig/project.ts';

/** The lines about containers without their place in time: `web-1 Stopped`, sorted. */
const told = (stderr: string, name: string) =>
  stderr
    .split('\n')
    .flatMap(line => new RegExp(`Container ${name}-(\\S+ \\w+)`).exec(line)?.[1] ?? [])
    .sort();

test('what has ended is told to be stopped by stop, rm --stop, down and the end of an attached up', async () => {
  const project = createProject({
    'compose.yaml': `services:
  gone: {image: busybox, command: "true"}
  here: {image: busybox, command: sleep 1000, stop_grace_period: 0s, depends_on: {gone: {condition: service_completed_successfully}}}
`,
  });
  const stops = ['gone-1 Stopped', 'gone-1 Stopping', 'here-1 Stopped', 'here-1 Stopping'];
  const removals = ['gone-1 Removed', 'gone-1 Removing', 'here-1 Removed', 'here-1 Removing'];
  const stopsIn = (stderr: string) => told(stderr, project.name).filter(line => line.includes('Stop'));
  const up = project.figStart({}, 'up');
  await up.prints('gone-1 exited with code 0');
  up.kill('SIGINT');
  expect(stopsIn((await up.done).stderr)).toEqual(stops);
  await project.figOk('up', '-d');
  expect(stopsIn((await project.figOk('stop')).stderr)).toEqual(stops);
  expect(stopsIn((await project.figOk('rm', '-sf')).stderr)).toEqual(stops);
  await project.figOk('up', '-d');
  expect(told((await project.figOk('down')).stderr, project.name)).toEqual([...removals, ...stops].sort());
});

test('a port that is not published, and a time that is none, are refused in the words of the reference', async () => {
  const ports = [await freePort(), await freePort(), await freePort()];
  const project = createProject({
    'compose.yaml': `services:
  web: {image: busybox, command: sleep 1000, stop_grace_period: 0s, ports: ["${ports[0]}:9000", "${ports[1]}:80", "${ports[2]}:443/udp"]}
`,
  });
  await project.figOk('up', '-d');
  const last = async (...args: string[]) => {
    const { code, stdout, stderr } = await project.fig(...args);
    return { code, stdout, said: stderr.trim().replace(/^error\[[\w.-]+\]: /, '') };
  };
  expect(await last('port', 'web', '99')).toEqual({
    code: 1,
    stdout: '',
    said: `no port 99/tcp for container ${project.name}-web-1: 80/tcp, 443/udp, 9000/tcp`,
  });
  for (const option of ['since', 'until'])
    expect(await last('logs', `--${option}`, 'bogus')).toEqual({
      code: 1,
      stdout: '',
      said: `invalid value for "${option}": failed to parse value as time or duration: "bogus"`,
    });
});
