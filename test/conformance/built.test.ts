// The built program: what `npm run build` leaves out of it, so that it starts fast.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import schema from '../../schemas/compose-spec.json' with { type: 'json' };
import { composeRule } from '../../src/compose/rules.ts';
import { root } from '../rig/sources.ts';

const parts = join(root, 'dist/parts');
const program = readdirSync(parts).map(name => readFileSync(join(parts, name), 'utf8'));
const holds = (text: string) => program.some(part => part.includes(text));

test('the rules of the schema are in it as they are, and nothing that would compile them', () => {
  const pattern = composeRule.forms.get('object')?.keys?.known.get('services')?.forms.get('object')?.keys?.patterns[0]?.pattern;
  expect(holds(String(pattern))).toBe(true);
  for (const word of ['patternProperties', 'additionalProperties', '#/$defs/', 'x-fig-newer']) expect(holds(word), word).toBe(false);
});

test('no title and no description of the schema is carried along', () => {
  const told: string[] = [];
  const visit = (node: object): void => {
    for (const [key, value] of Object.entries(node)) {
      if (typeof value === 'object' && value !== null) visit(value);
      else if (key === 'description' && String(value).length > 30) told.push(String(value));
    }
  };
  visit(schema);
  expect(told.length).toBeGreaterThan(100);
  expect(told.filter(holds)).toEqual([]);
});
