// Attributes that no project of fixtures/projects shows on what is created: why, and the test that stands in for it.
interface Elsewhere {
  readonly because: string;
  /** `file: "title"`. */
  readonly test: string;
}

/** A part of a file that holds an attribute where no file may have it: the shape is shared with another place. */
interface Refused {
  readonly refused: string;
}

const service = (attributes: string) => `services: {a: {image: i, ${attributes}}}`;

export const elsewhere: Readonly<Record<string, Elsewhere | Refused>> = {
  'services.*.build': {
    because: 'nothing of it goes into a container; how an image is built is told to the builder',
    test: 'test/unit/execute/building.test.ts: "all that a build section says goes to buildx, in a fixed order"',
  },
  'services.*.deploy.resources.limits.devices': {
    refused: service('deploy: {resources: {limits: {devices: [{capabilities: [gpu]}]}}}'),
  },
  'services.*.deploy.resources.limits.generic_resources': {
    refused: service('deploy: {resources: {limits: {generic_resources: [{discrete_resource_spec: {kind: k, value: 1}}]}}}'),
  },
  'services.*.deploy.resources.reservations.pids': { refused: service('deploy: {resources: {reservations: {pids: 3}}}') },
  'services.*.develop.watch[].exec.image': {
    refused: service('develop: {watch: [{path: ., action: sync+exec, target: /a, exec: {command: x, image: i}}]}'),
  },
  'services.*.develop.watch[].exec.per_replica': {
    refused: service('develop: {watch: [{path: ., action: sync+exec, target: /a, exec: {command: x, per_replica: true}}]}'),
  },
  'services.*.extends': {
    because: 'nothing of it goes into a container; it is read by then',
    test: 'test/unit/compose/extends.test.ts: "of a service that extends one of another file that is there and empty, the reference stays: it is printed, as by the reference"',
  },
  'services.*.post_start[].image': { refused: service('post_start: [{command: x, image: i}]') },
  'services.*.post_start[].per_replica': { refused: service('post_start: [{command: x, per_replica: true}]') },
  'services.*.pre_stop[].image': { refused: service('pre_stop: [{command: x, image: i}]') },
  'services.*.pre_stop[].per_replica': { refused: service('pre_stop: [{command: x, per_replica: true}]') },
  'secrets.*.content': { refused: `${service('secrets: [s]')}\nsecrets: {s: {content: x}}` },
  'configs.*.driver': { refused: `${service('configs: [c]')}\nconfigs: {c: {file: x, driver: d}}` },
  'configs.*.driver_opts': { refused: `${service('configs: [c]')}\nconfigs: {c: {file: x, driver_opts: {a: b}}}` },
};
