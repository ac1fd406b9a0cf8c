// The containers of pre_start hooks. On an engine they are compared with the reference's in test/engine/pre-start.test.ts.
import { expect, test } from 'vitest';
import { hookPayload, hookRefusal } from '../../../../src/engine/payload/hook.ts';
import { project } from '../../compose/loading.ts';

const text = `
name: p
services:
  web:
    image: base
    environment: {A: "1", B: own}
    volumes: [data:/data]
    cap_add: [NET_ADMIN]
    networks: {front: {aliases: [w]}, back: {priority: 5}}
    pre_start:
      - {command: [x], image: tools, user: me, working_dir: /w, privileged: true, environment: {B: hook, C: null}}
      - {command: [y]}
  alone: {image: i, network_mode: none, pre_start: [{command: [z]}]}
volumes: {data: {}}
networks: {front: {}, back: {}}
`;

async function payloadOf(service: string, index: number, apiVersion: string) {
  const made = await project(text);
  const found = made.services[service]!;
  return hookPayload({ project: made, service: found, hook: found.pre_start![index]!, volumesFrom: 'id', apiVersion });
}

test('they have the image, variables and networks of the service, and what the hook says of its own', async () => {
  expect(await payloadOf('web', 0, '1.41')).toMatchInlineSnapshot(`
    {
      "body": {
        "Cmd": [
          "x",
        ],
        "Env": [
          "A=1",
          "B=hook",
          "C",
        ],
        "HostConfig": {
          "NetworkMode": "p_back",
          "Privileged": true,
          "VolumesFrom": [
            "id",
          ],
        },
        "Image": "tools",
        "Labels": {
          "com.docker.compose.hook": "pre_start",
          "com.docker.compose.project": "p",
          "com.docker.compose.service": "web",
          "com.docker.compose.version": "5.5.1",
        },
        "NetworkingConfig": {
          "EndpointsConfig": {
            "p_back": {
              "Aliases": [
                "p-web-0",
                "web",
              ],
              "IPAMConfig": {},
            },
          },
        },
        "User": "me",
        "WorkingDir": "/w",
      },
      "connect": [
        {
          "body": {
            "EndpointConfig": {
              "Aliases": [
                "p-web-0",
                "web",
                "w",
              ],
              "IPAMConfig": {},
            },
          },
          "network": "p_front",
        },
      ],
    }
  `);
  const { body } = await payloadOf('web', 1, '1.44');
  expect([body['Image'], body['Cmd'], body['Env'], body['User']]).toEqual(['base', ['y'], ['A=1', 'B=own'], undefined]);
  expect(Object.keys((body['NetworkingConfig'] as { EndpointsConfig: object }).EndpointsConfig)).toEqual(['p_back', 'p_front']);
});

test('they stand in no network where the service stands in none', async () => {
  const { body } = await payloadOf('alone', 0, '1.41');
  expect(body['HostConfig']).toEqual({ NetworkMode: 'none', VolumesFrom: ['id'] });
});

test('one for each replica is refused in the reference’s words', async () => {
  const { services } = await project('name: p\nservices:\n  a: {image: i, pre_start: [{command: x}, {command: y, per_replica: true}]}\n');
  expect([0, 1].map(index => hookRefusal(services['a']!, index))).toEqual([
    undefined,
    'service "a" pre_start[1]: per_replica is not yet supported; remove per_replica or set it to false',
  ]);
});
