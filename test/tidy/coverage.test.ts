// Every attribute that the language knows is in a project of fixtures/projects, whose containers, networks and volumes test/engine/inspect
// compares with the reference's (for those of newer engines test/conformance/bodies compares the calls); or it is in the table elsewhere.ts,
// which says why no such project can show it, and what shows it instead.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { type Section, type Shape, type Struct, sections } from '../../src/model/shape.ts';
import { filesBelow, root } from '../rig/sources.ts';
import { load } from '../unit/compose/loading.ts';
import { elsewhere } from './elsewhere.ts';

/** Paths of all attributes, as `services.*.ports[].target`. */
function attributesOf(struct: Struct, prefix: string): readonly string[] {
  return struct.fields.flatMap(({ key, shape }) => [`${prefix}.${key}`, ...below(shape, `${prefix}.${key}`)]);
}

function below(shape: Shape, path: string): readonly string[] {
  switch (shape.kind) {
    case 'struct':
    case 'limit':
      return attributesOf(shape.struct, path);
    case 'list':
      return below(shape.of, `${path}[]`);
    case 'map':
      return below(shape.of, `${path}.*`);
    default:
      return [];
  }
}

/** Adds the paths of all attributes that are written in a part of a file. */
function collect(value: unknown, shape: Shape, path: string, found: Set<string>): void {
  if (value === null || typeof value !== 'object') return;
  const entries = Array.isArray(value) ? [] : Object.entries(value);
  if (shape.kind === 'list') for (const item of Array.isArray(value) ? value : []) collect(item, shape.of, `${path}[]`, found);
  if (shape.kind === 'map') for (const [, item] of entries) collect(item, shape.of, `${path}.*`, found);
  if (shape.kind !== 'struct' && shape.kind !== 'limit') return;
  for (const field of shape.struct.fields) {
    const written = entries.find(([key]) => key === field.key);
    if (!written) continue;
    found.add(`${path}.${field.key}`);
    collect(written[1], field.shape, `${path}.${field.key}`, found);
  }
}

function writtenIn(project: string): ReadonlySet<string> {
  const found = new Set<string>();
  for (const { text } of filesBelow(`fixtures/projects/${project}`, '.yaml')) {
    const document = parse(text, { merge: true }) as Readonly<Partial<Record<Section['key'], Record<string, unknown>>>> | null;
    for (const { key, struct } of sections)
      for (const entry of Object.values(document?.[key] ?? {})) collect(entry, { kind: 'struct', struct }, `${key}.*`, found);
  }
  return found;
}

const all = sections.flatMap(({ key, struct }) => attributesOf(struct, `${key}.*`));
const folder = (path: string) => path.split('/')[2] ?? '';
const compared = [...filesBelow('fixtures/recorded', 'inspect.json'), ...filesBelow('fixtures/recorded', 'bodies.json')];
const shown = new Set([...new Set(compared.map(({ path }) => folder(path)))].flatMap(project => [...writtenIn(project)]));

/** Whether a path or one above it is in the table. */
const isElsewhere = (path: string) =>
  Object.keys(elsewhere).some(known => path === known || path.startsWith(`${known}.`) || path.startsWith(`${known}[`));

test('the language has its attributes, and the projects show many', () => {
  expect(all.length).toBeGreaterThan(250);
  expect(shown.size).toBeGreaterThan(150);
});

test('every attribute is shown by a project, or has a reason', () => {
  expect(all.filter(path => !shown.has(path) && !isElsewhere(path))).toEqual([]);
});

test('no attribute has a reason that a project shows', () => {
  expect(Object.keys(elsewhere).filter(path => shown.has(path) || !all.includes(path))).toEqual([]);
});

test('the tests that stand in for projects are there', () => {
  const missing = Object.entries(elsewhere).filter(([, reason]) => {
    if ('refused' in reason) return false;
    const [file = '', title = ''] = reason.test.split(': ');
    return !readFileSync(join(root, file), 'utf8').includes(title.slice(1, -1));
  });
  expect(missing).toEqual([]);
});

test('what no file may say is refused', async () => {
  for (const [path, reason] of Object.entries(elsewhere)) {
    if (!('refused' in reason)) continue;
    const loaded = await load(reason.refused);
    expect([path, loaded.ok ? [] : loaded.diagnostics.map(({ code }) => code)]).toEqual([
      path,
      expect.arrayContaining(['schema.unknown-key']),
    ]);
  }
});
