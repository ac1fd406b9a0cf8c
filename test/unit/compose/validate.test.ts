// compose/validate.ts: the schema applied to documents, each complaint at its place.
import { expect, test } from 'vitest';
import { validate } from '../../../src/compose/validate.ts';
import { createReport } from '../../../src/diagnostics/report.ts';
import { spanPosition } from '../../../src/source/span.ts';
import { mapping } from './nodes.ts';

/** `line:column code message` of everything found; the hint follows after ` → `. */
async function found(text: string): Promise<readonly string[]> {
  const report = createReport();
  validate(await mapping(text), report);
  return report.all().map(({ code, message, span, hint }) => {
    const { line, column } = span ? spanPosition(span) : { line: 0, column: 0 };
    return `${line}:${column} ${code} ${message}${hint ? ` → ${hint}` : ''}`;
  });
}

const web = (lines: string): string => `services:\n  web:\n    image: nginx\n    ${lines.replaceAll('\n', '\n    ')}\n`;

test('a document that the specification allows brings nothing', async () => {
  const text = web(`
ports: [80, "81:80", {target: 82, published: 8082, x-note: here}]
environment: {A: 1, B: true, C: , D: text, E: 1.5}
labels: [a=b]
command: [run, it]
healthcheck: {test: exit 0, interval: 5s, retries: 3}
depends_on: {db: {condition: service_healthy, required: false}}
networks: {default: , other: {aliases: [x]}}
deploy:
x-mine: {any: [thing]}`);
  expect(await found(`${text}  db: {build: .}\nnetworks: {other: }\nx-top: 1\n`)).toEqual([]);
});

test('every unknown key is named at its place, with the key that was meant', async () => {
  expect(await found(web('enviroment: {}\nhealthcheck:\n  intervall: 5s\n'))).toEqual([
    `4:5 schema.unknown-key services.web: additional properties 'enviroment' not allowed → Write "environment".`,
    `6:7 schema.unknown-key services.web.healthcheck: additional properties 'intervall' not allowed → Write "interval".`,
  ]);
});

test('a key that belongs further out is said to be indented too far', async () => {
  expect(await found(web('healthcheck:\n  test: x\n  restart: always'))).toEqual([
    `6:7 schema.unknown-key services.web.healthcheck: additional properties 'restart' not allowed → Indent "restart" less: it belongs to services.web.`,
  ]);
  expect(await found(`${web('tty: true')}    services: {}\n`)).toEqual([
    `5:5 schema.unknown-key services.web: additional properties 'services' not allowed → Write "services" without indentation: it belongs to the file as a whole.`,
  ]);
});

test('a service at the top of the file is sent below services, which is missing or is there', async () => {
  expect(await found('web:\n  image: nginx\n  ports: ["80"]\n  profiles: [a]\n')).toEqual([
    `1:1 schema.unknown-key additional properties 'web' not allowed: "services:" is missing above it → Put "web" under a top-level "services:", and indent it.`,
  ]);
  expect(await found('services: {}\nweb:\n  image: nginx\n  ports: ["80"]\n')).toEqual([
    `2:1 schema.unknown-key additional properties 'web' not allowed → Put "web" under a top-level "services:", and indent it.`,
  ]);
});

test('keys of old Compose files are answered with what replaced them', async () => {
  const [message] = await found(web('net: host'));
  expect(message).toBe(
    `4:5 schema.unknown-key services.web: additional properties 'net' not allowed → Write network_mode instead: "net" is from an older Compose.`,
  );
});

test('keys of a newer Compose are refused as such', async () => {
  const text = `${web('umask: 18\npre_start: [{command: x, volumes: []}]\nnetworks: {a: {use_service_name_alias: true}}')}jobs: {}\n`;
  expect(await found(text)).toEqual([
    `4:5 schema.newer-key services.web: 'umask' needs Compose 5.7, not yet in fig → Remove "umask".`,
    `5:30 schema.newer-key services.web.pre_start[0]: 'volumes' needs Compose 5.7, not yet in fig → Remove "volumes".`,
    `6:20 schema.newer-key services.web.networks.a: 'use_service_name_alias' needs Compose 5.7, not yet in fig → Remove "use_service_name_alias".`,
    `7:1 schema.newer-key 'jobs' needs Compose 5.7, not yet in fig → Remove "jobs".`,
  ]);
});

test('a value is judged by the form of its own type', async () => {
  expect(await found(web('command: {}'))).toEqual([
    '4:14 schema.type services.web.command: must be a list or string, not a mapping → Write a list, each item on a line of its own after "- ".',
  ]);
  expect(await found(web('group_add: ["1", 1]'))).toEqual([
    '4:22 schema.value services.web.group_add: items at 0 and 1 are equal → Remove one of the two.',
  ]);
  expect(await found(web('cpu_percent: 101'))).toEqual([
    '4:18 schema.value services.web.cpu_percent: must be less than or equal to 100 → Write 100 or less.',
  ]);
  expect(await found(web('ports: [[80]]'))).toEqual([
    '4:13 schema.type services.web.ports[0]: must be a mapping, number or string, not a list → Write "80".',
  ]);
  expect(await found(web('volumes: [{target: /a}]'))).toEqual([
    '4:15 schema.missing-key services.web.volumes[0]: missing property \'type\' → Add "type", one of bind, volume, tmpfs, cluster, npipe, image.',
  ]);
});

test('the hint fits the wrong type', async () => {
  const hints = async (lines: string) => (await found(web(lines))).map(line => line.split(' → ')[1]);
  expect(await hints('hostname: 5')).toEqual(['Put it in quotes: "5".']);
  expect(await hints('stop_grace_period: 30')).toEqual(['Add a unit: "30s" for seconds.']);
  expect(await hints('ports:')).toEqual(['Give "ports" a value, or remove it.']);
  expect(await hints('cap_add: ALL')).toEqual(['Write a list: ["ALL"].']);
  expect(await hints('environment: PASSWORD=x')).toEqual(['Write a list, each item on a line of its own after "- ".']);
  expect(await hints('gpus: 2')).toEqual(['Write "all", or a list.']);
  expect(await hints('healthcheck: [{test: x}]')).toEqual(['Remove the "- ".']);
  expect(await hints('hostname: [x]')).toEqual(['Write "x".']);
  expect(await hints('environment: [A: b]')).toEqual(['Remove the "- ", or write "KEY=value".']);
  expect(await hints('scale: 1.5')).toEqual(['Write a whole number.']);
});

test('an empty value and a block of keys are pointed at by their key, other values by themselves', async () => {
  expect((await found(web('volumes:')))[0]).toMatch(/^4:5 schema.type services.web.volumes: must be a list, not empty/);
  expect((await found(web('ports:\n  a: b')))[0]).toMatch(/^4:5 schema.type services.web.ports: must be a list, not a mapping/);
  expect((await found(web('image2: x\ntty: 5')))[1]).toMatch(
    /^5:10 schema.type services.web.tty: must be a boolean or string, not the number 5/,
  );
});

test('a missing key is not named a second time where it is only misspelt', async () => {
  expect(await found(web('ports: [{tarjet: 80}]'))).toEqual([
    `4:14 schema.unknown-key services.web.ports[0]: additional properties 'tarjet' not allowed → Write "target".`,
  ]);
});

test('a value that is not one of the allowed ones is answered with the nearest', async () => {
  expect(await found(web('depends_on: {db: {condition: service_healty}}'))).toEqual([
    "4:34 schema.value services.web.depends_on.db.condition: value must be one of 'service_started', 'service_healthy', 'service_completed_successfully' → Write \"service_healthy\".",
  ]);
  expect((await found(web('pull_policy: sometimes')))[0]).toContain(
    "services.web.pull_policy: 'sometimes' does not match pattern '^(always|never",
  );
});

test('a whole float is a whole number, a date is a text, infinity is nothing', async () => {
  expect(await found(web('scale: 2.0\nhostname: 2020-01-01'))).toEqual([]);
  expect(await found(web('cpus: .inf'))).toEqual([
    '4:11 schema.value services.web.cpus: .inf is not allowed → Write a finite number, or a text in quotes.',
  ]);
});

test('equal items of a list that may hold each once are named with the first', async () => {
  const report = createReport();
  validate(await mapping(web('depends_on: [db, cache, db]\nsecurity_opt: [a, a]')), report);
  expect(report.all().map(({ message, related }) => `${message} / ${related.map(({ message }) => message)}`)).toEqual([
    'services.web.depends_on: items at 0 and 2 are equal / the first one',
    'services.web.security_opt: items at 0 and 1 are equal / the first one',
  ]);
});

test('names of services take letters, digits, dots, hyphens and underscores', async () => {
  expect(await found('services: {"my web": {image: x}}')).toEqual([
    `1:12 schema.unknown-key services: additional properties 'my web' not allowed → Write "my-web": letters, digits, dots, hyphens and underscores make a name.`,
  ]);
});

test('names that the reference takes without reading what is below bring a warning', async () => {
  const report = createReport();
  validate(await mapping('networks: {"my net": {anything: goes}}'), report);
  expect(report.all().map(({ code, severity }) => [code, severity])).toEqual([['value.suspicious', 'warning']]);
});

test('version is obsolete, and must still be a string', async () => {
  expect(await found('version: "3.8"\nservices: {}\n')).toEqual([
    '1:1 schema.obsolete-version /p/compose.yaml: the attribute `version` is obsolete, it will be ignored, please remove it to avoid potential confusion → Remove "version".',
  ]);
  expect(await found('version: 3.8\n')).toEqual([
    '1:10 schema.type version: must be a string, not the number 3.8 → Put it in quotes: "3.8".',
  ]);
});
