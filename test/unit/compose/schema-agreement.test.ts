// schemas/*.json are what they say: valid by the draft they name, and to a validator of the trade (ajv) they mean what they mean to fig.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import schema from '../../../schemas/compose-spec.json' with { type: 'json' };
import figSchema from '../../../schemas/x-fig.json' with { type: 'json' };
import { validate } from '../../../src/compose/validate.ts';
import { createReport } from '../../../src/diagnostics/report.ts';
import type { Mapping, Node } from '../../../src/document/node.ts';
import { parseDocuments } from '../../../src/document/parse.ts';
import { root } from '../../rig/sources.ts';
import { fc } from '../properties.ts';

const ajv = new Ajv2020({ strict: false, allErrors: false });
const byAjv = ajv.compile(schema);

/** A document as the JSON that ajv reads, which knows no integers beyond 2^53. */
function jsonOf(node: Node): unknown {
  if (node.kind === 'sequence') return node.items.map(jsonOf);
  if (node.kind === 'scalar') return typeof node.value === 'bigint' ? Number(node.value) : node.value;
  return Object.fromEntries([...node.entries].map(([key, { value }]) => [key, jsonOf(value)]));
}

/** Whether a document is one that JSON can say: it has no infinite numbers. */
function isOfJson(node: Node): boolean {
  if (node.kind === 'sequence') return node.items.every(isOfJson);
  if (node.kind === 'mapping') return [...node.entries.values()].every(({ value }) => isOfJson(value));
  return typeof node.value !== 'number' || Number.isFinite(node.value);
}

/** Whether fig and ajv accept a document. */
function verdicts(document: Mapping): { readonly fig: boolean; readonly ajv: boolean } {
  const report = createReport();
  validate(document, report);
  return { fig: !report.failed, ajv: byAjv(jsonOf(document)) };
}

async function parse(text: string): Promise<readonly Mapping[]> {
  const documents = await parseDocuments({ path: '/p/compose.yaml', text }, createReport());
  return documents.filter((document): document is Mapping => document.kind === 'mapping' && isOfJson(document));
}

const texts = readdirSync(join(root, 'fixtures'), { recursive: true, encoding: 'utf8' })
  .filter(path => /^(?:projects|recorded|old|diagnostics)\/.*\.ya?ml$/.test(path))
  .map(path => [path, readFileSync(join(root, 'fixtures', path), 'utf8')] as const);
const documents = (await Promise.all(texts.map(async ([path, text]) => (await parse(text)).map(document => ({ path, document }))))).flat();

test.each([
  ['compose-spec.json', schema],
  ['x-fig.json', figSchema],
])('%s is valid by the draft it names', (_, text) => {
  expect(text.$schema).toBe('https://json-schema.org/draft/2020-12/schema');
  expect(ajv.validateSchema(text), ajv.errorsText()).toBe(true);
});

describe('fig and ajv', () => {
  test('accept and refuse the same files of the fixtures', () => {
    const verdict = documents.map(({ path, document }) => ({ path, ...verdicts(document) }));
    expect(verdict.filter(({ fig, ajv }) => fig !== ajv)).toEqual([]);
    // Both verdicts occur: old files have no section that either knows.
    expect(verdict.filter(({ fig }) => fig).length).toBeGreaterThan(20);
    expect(verdict.filter(({ fig }) => !fig).length).toBeGreaterThan(10);
  });

  test('agree where one value of a file is another, or one key', () => {
    const replacements = [null, true, 7, -1, 1.5, 'text', [], ['a', 'a'], ['a', 1], {}, { a: 'b' }, { name: 'x' }, [{ a: 1 }]];
    const count = { accepted: 0, refused: 0 };
    fc.assert(
      fc.property(
        fc.nat(documents.length - 1),
        fc.nat(),
        fc.constantFrom(...replacements),
        fc.boolean(),
        (index, place, replacement, isKey) => {
          const { path, document } = documents[index]!;
          const changed = changeAt(document, place, replacement, isKey);
          const { fig, ajv } = verdicts(changed);
          count[fig ? 'accepted' : 'refused']++;
          expect({ path, fig }, JSON.stringify(jsonOf(changed))).toEqual({ path, fig: ajv });
        },
      ),
      { numRuns: 1000 },
    );
    expect(Math.min(count.accepted, count.refused)).toBeGreaterThan(100);
  });
});

/** The document with one of its values replaced, or given a key that nobody knows. */
function changeAt(document: Mapping, place: number, replacement: unknown, isKey: boolean): Mapping {
  let left = place % sizeOf(document);
  const visit = (node: Node): Node => {
    if (left-- === 0) return nodeOf(replacement);
    if (node.kind === 'scalar') return node;
    if (node.kind === 'sequence') return { ...node, items: node.items.map(visit) };
    const isHere = isKey && left === 0;
    if (isHere) left--;
    const entries = [...node.entries.values()].map(entry => ({ ...entry, value: visit(entry.value) }));
    if (isHere) entries.push({ key: 'nobody knows', value: nodeOf(replacement) });
    return { ...node, entries: new Map(entries.map(entry => [entry.key, entry])) };
  };
  left++;
  return visit(document) as Mapping;
}

const sizeOf = (node: Node): number => {
  if (node.kind === 'scalar') return 1;
  const below = node.kind === 'sequence' ? node.items : [...node.entries.values()].map(({ value }) => value);
  return below.reduce((sum, one) => sum + sizeOf(one), 1);
};

function nodeOf(value: unknown): Node {
  const origin = { how: 'defaulted', rule: 'test' } as const;
  if (Array.isArray(value)) return { kind: 'sequence', items: value.map(nodeOf), origin };
  if (value === null) return { kind: 'scalar', type: 'null', value, text: '', origin };
  if (typeof value === 'object') {
    const entries = Object.entries(value).map(([key, one]) => [key, { key, value: nodeOf(one) }] as const);
    return { kind: 'mapping', entries: new Map(entries), origin };
  }
  const text = String(value);
  if (typeof value === 'boolean') return { kind: 'scalar', type: 'bool', value, text, origin };
  if (typeof value === 'string') return { kind: 'scalar', type: 'string', value, text, origin };
  return { kind: 'scalar', type: Number.isInteger(value) ? 'int' : 'float', value: value as number, text, origin };
}
