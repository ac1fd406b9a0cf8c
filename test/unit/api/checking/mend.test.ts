// --fix in memory: what is sure is mended, comments and order stay, and what a project means does not change.
import { describe, expect, test } from 'vitest';
import { mendProject } from '../../../../src/index.ts';
import { memoryReader } from '../../../../src/source/readers/memory.ts';
import { request } from '../../compose/loading.ts';

const main = '/p/compose.yaml';

async function mend(text: string, more: Record<string, string> = {}) {
  const { files, left, count, revealed } = await mendProject(request, memoryReader({ [main]: text, ...more }));
  const texts = Object.fromEntries(files.map(({ before, text }) => [before.path, text]));
  return { text: texts[main] ?? text, texts, count, revealed, left: left.diagnostics.map(({ code }) => code), ok: left.loaded.ok };
}

describe('a mistake is mended', () => {
  test.each([
    ['a key', 'services:\n  web:\n    imgae: x # why\n', 'services:\n  web:\n    image: x # why\n'],
    [
      'a service',
      'services:\n  w:\n    image: x\n    depends_on: [ cahce ]\n  cache: {image: c}\n',
      'services:\n  w:\n    image: x\n    depends_on: [ cache ]\n  cache: {image: c}\n',
    ],
    [
      'a volume in a mount',
      'services:\n  w: {image: x, volumes: ["dta:/x"]}\nvolumes: {data: }\n',
      'services:\n  w: {image: x, volumes: ["data:/x"]}\nvolumes: {data: }\n',
    ],
    [
      'a word of which a pattern has several',
      'services:\n  w: {image: x, pull_policy: allways}\n',
      'services:\n  w: {image: x, pull_policy: always}\n',
    ],
    ['a value', 'services:\n  w: {image: x, cgroup: hsot}\n', 'services:\n  w: {image: x, cgroup: host}\n'],
    [
      'a number that is a text',
      'services:\n  w: {image: x, command: [sleep, 1.10]}\n',
      'services:\n  w: {image: x, command: [sleep, "1.10"]}\n',
    ],
    ['a date that is a text', 'services:\n  w:\n    image: 2020-01-01\n', 'services:\n  w:\n    image: "2020-01-01"\n'],
    [
      'a port without quotes',
      'services:\n  w:\n    image: x\n    ports:\n      - 8080: 80 # http\n',
      'services:\n  w:\n    image: x\n    ports:\n      - "8080:80" # http\n',
    ],
    [
      'a key that is a number',
      'services:\n  w:\n    image: x\n    labels:\n      1: one\n',
      'services:\n  w:\n    image: x\n    labels:\n      "1": one\n',
    ],
    [
      'an anchor',
      'x-logs: &logs {driver: none}\nservices:\n  w: {image: x, logging: *log}\n',
      'x-logs: &logs {driver: none}\nservices:\n  w: {image: x, logging: *logs}\n',
    ],
  ])('%s', async (_, before, after) => {
    expect(await mend(before)).toMatchObject({ text: after, ok: true, count: 1 });
  });

  test('and one after it that it hid, in files with line ends of Windows', async () => {
    const found = await mend(
      'services:\r\n  w:\r\n    image: x\r\n    ports:\r\n      - 8080: 80\r\n    depends_on: [cahce]\r\n  cache: {image: y}\r\n',
    );
    expect(found.text).toBe(
      'services:\r\n  w:\r\n    image: x\r\n    ports:\r\n      - "8080:80"\r\n    depends_on: [cache]\r\n  cache: {image: y}\r\n',
    );
    expect(found.count).toBe(2);
  });

  test('in an included file', async () => {
    const files = { '/p/db.yaml': 'services:\n  db:\n    imag: x\n' };
    expect((await mend('include: [db.yaml]\n', files)).texts).toEqual({ '/p/db.yaml': 'services:\n  db:\n    image: x\n' });
  });
});

describe('what is merely old is mended', () => {
  const service = 'services:\n  w: {image: x, tty: TTY, volumes: ["d:/d"]}\n';
  test.each([
    ['version', `version: "3"\n\n${service}`.replace('TTY', 'true'), service.replace('TTY', 'true')],
    ['version in quotes', `"version": "3"\n${service}`.replace('TTY', 'true'), service.replace('TTY', 'true')],
    ['version with its comment kept', `version: '3' # old\n${service}`.replace('TTY', 'true'), `# old\n${service}`.replace('TTY', 'true')],
    ['a boolean', service.replace('TTY', 'yes'), service.replace('TTY', 'true')],
    ['a boolean in quotes', service.replace('TTY', '"off"'), service.replace('TTY', 'false')],
  ])('%s', async (_, before, after) => {
    const volumes = 'volumes:\n  d: {external: true}\n';
    expect((await mend(before + volumes)).text).toBe(after + volumes);
  });

  test.each([
    ['  d:\n    external:\n      name: other # c\n', '  d:\n    external: true\n    name: other # c\n'],
    ['  d:\n    external: {name: other}\n', '  d:\n    external: true\n    name: other\n'],
    ['  d: {external: { name: other }}\n', '  d: {external: true, name: other}\n'],
    ['  d: {external: {name: other}, name: other}\n', '  d: {external: true, name: other}\n'],
  ])('external.name: %j', async (before, after) => {
    const head = `${service.replace('TTY', 'true')}volumes:\n`;
    expect(await mend(head + before)).toMatchObject({ text: head + after, left: [] });
  });
});

describe('nothing is changed', () => {
  test.each([
    ['where the meaning would change', 'services:\n  w: {image: x, restart: alwyas, environment: {R: 1.10}}\n'],
    ['where the mend brings a mistake of its own', 'services:\n  w: {image: x, port: 80}\n'],
    ['where a version shares its line', '{version: "3", services: {w: {image: x}}}\n'],
    ['where a service stands outside of services, as in the oldest files', 'volume:\n  image: x\n  volumes: [/d]\n'],
    ['where the name is there already', 'services:\n  w: {image: x, imag: y}\n'],
    ['where a boolean comes from a variable', 'services:\n  w: {image: x, tty: "${TTY:-yes}"}\n'],
    ['where nothing is wrong', 'services:\n  w: {image: x}\n'],
  ])('%s', async (_, text) => {
    expect(await mend(text)).toMatchObject({ texts: {}, count: 0 });
  });

  test('of standard input', async () => {
    const reader = memoryReader({ '-': 'services:\n  w: {imag: x}\n' });
    const { files, left } = await mendProject({ ...request, files: ['-'] }, reader);
    expect(files).toEqual([]);
    expect(left.diagnostics.map(({ code }) => code)).toEqual(['schema.unknown-key']);
  });
});

test('old forms are mended also while mistakes are left that hide what the project means', async () => {
  const text = 'version: "3"\nservices:\n  w: {image: x, tty: yes, wrong: 1}\n';
  expect(await mend(text)).toMatchObject({
    text: 'services:\n  w: {image: x, tty: true, wrong: 1}\n',
    count: 2,
    left: ['schema.unknown-key'],
  });
});

describe('what a mended key lets be read for the first time is no damage', () => {
  test.each([
    ['a name that is mended next', '[frnt]', '[front]', 2],
    ['a name that is not known', '[back]', '[back]', 1],
  ])('%s', async (_, written, left, count) => {
    const text = (key: string, names: string) => `services:\n  w: {image: x, ${key}: ${names}}\nnetworks: {front: }\n`;
    expect(await mend(text('netwroks', written))).toMatchObject({ text: text('networks', left), count, revealed: count - 1 });
  });

  test('a service that is not known', async () => {
    expect((await mend('services:\n  w: {image: x, netwrok_mode: "service:y"}\n')).text).toContain('network_mode: "service:y"');
  });
});

describe('a name is told, not mended, where it may be that of another thing', () => {
  test.each([
    ['a letter is added', 'services:\n  w: {image: x, volumes: ["data:/a", "datab:/c"]}\nvolumes: {data: }\n'],
    ['a letter is added, without the other beside it', 'services:\n  w: {image: x, depends_on: [cachea]}\n  cache: {image: c}\n'],
    ['the near name stands beside it', 'services:\n  w: {image: x, secrets: [tokens, token]}\nsecrets: {tokens: {file: /t}}\n'],
    ['the near name is a dependency too', 'services:\n  w: {image: x, depends_on: [cahce, cache]}\n  cache: {image: c}\n'],
    [
      'the near name is built from too',
      'services:\n  w: {build: {context: ., additional_contexts: {a: "service:bse", b: "service:base"}}}\n  base: {build: .}\n',
    ],
  ])('%s', async (_, text) => {
    const found = await mend(text);
    expect(found).toMatchObject({ text, count: 0, ok: false });
  });
});

test('a mend that is wrong does not keep the others from being applied', async () => {
  const found = await mend('services:\n  w: {image: x, port: 80, depends_on: [cahce]}\n  cache: {imgae: c}\n');
  expect(found.text).toBe('services:\n  w: {image: x, port: 80, depends_on: [cache]}\n  cache: {image: c}\n');
  expect(found.left).toEqual(['schema.unknown-key']);
});
