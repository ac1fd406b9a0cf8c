// compose/attributes/table.ts: the rows of all attributes, found by path.
import { expect, test } from 'vitest';
import { attributeAt, attributes, attributeTree } from '../../../../src/compose/attributes/table.ts';
import { composeRule } from '../../../../src/compose/rules.ts';
import type { Rule } from '../../../../src/compose/schema.ts';
import { matches, type Path, parsePattern } from '../../../../src/document/path.ts';

test('a path finds the row whose pattern matches it, from first part to last', () => {
  expect(attributeAt(['services', 'web', 'ports'])?.at).toBe('services.*.ports');
  expect(attributeAt(['services', 'web', 'ports', 3])?.at).toBe('services.*.ports.[]');
  expect(attributeAt(['services', 'web', 'ports', 3, 'target'])?.at).toBe('services.*.ports.[].target');
  expect(attributeAt(['services', 'ports', 'ulimits', 'nofile', 'soft'])?.at).toBe('services.*.ulimits.*.soft');
});

test('a path without a row finds none, also inside and above one that has a row', () => {
  for (const path of [
    [],
    ['services'],
    ['services', 'web'],
    ['services', 'web', 'ports', 'x'],
    ['services', 'web', 'user'],
    ['x', 'y', 'ports'],
  ]) {
    expect(attributeAt(path)).toBeUndefined();
  }
});

test('names that objects of the language have are names like any other', () => {
  expect(attributeAt(['services', '__proto__', 'ports'])?.at).toBe('services.*.ports');
  expect(attributeAt(['services', 'web', 'constructor'])).toBeUndefined();
});

test('the tree and the patterns agree on every row', () => {
  for (const { at } of attributes) {
    const path: Path = parsePattern(at).map(part => (part === '*' ? 'any.thing' : part === '[]' ? 7 : part));
    const found = attributes.filter(row => matches(parsePattern(row.at), path));
    expect(found.map(row => row.at)).toEqual([at]);
    expect(attributeAt(path)?.at).toBe(at);
  }
});

test('two rows for one pattern are a bug', () => {
  expect(() => attributeTree([{ at: 'a.*' }, { at: 'a.*' }])).toThrow('two rows for a.*');
});

/** The rules that a part of a pattern leads to. */
function step(rules: readonly Rule[], part: string): readonly Rule[] {
  return rules.flatMap(({ forms }): readonly Rule[] => {
    const keys = forms.get('object')?.keys;
    if (part === '[]') return [forms.get('array')?.items ?? []].flat();
    const named = part === '*' ? [] : [keys?.known.get(part) ?? []].flat();
    return [...named, ...(part === '*' ? (keys?.patterns ?? []).flatMap(({ rule }) => rule ?? []) : [])];
  });
}

test('every row is about a place that the schema knows, but for what old files alone have', () => {
  const isKnown = (pattern: readonly string[]) => pattern.reduce(step, [composeRule]).length > 0;
  const lost = attributes.filter(({ at }) => !isKnown(parsePattern(at))).map(({ at }) => at);
  const [service] = ['services', '*'].reduce(step, [composeRule]);
  const gone = [...service!.forms.get('object')!.keys!.instead.keys()].map(key => `services.*.${key}`);
  expect(lost.toSorted()).toEqual(gone.toSorted());
});

test('a cast leads to a type that the schema takes', () => {
  const wanted = { int: 'integer', int64: 'integer', float: 'number', float32: 'number', bool: 'boolean' } as const;
  const wrong = attributes.filter(({ at, cast }) => {
    const forms = parsePattern(at)
      .reduce(step, [composeRule])
      .flatMap(rule => [...rule.forms.keys()]);
    return cast && !forms.includes(wanted[cast]) && !(wanted[cast] === 'integer' && forms.includes('number'));
  });
  // The reference turns the text into a float, and then takes whole ones only.
  expect(wrong.map(({ at }) => at)).toEqual(['services.*.cpu_percent']);
});
