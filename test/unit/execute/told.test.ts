import { expect, test } from 'vitest';
import { createTold } from '../../../src/execute/told.ts';
import { named } from '../../../src/model/named.ts';
import { project } from '../compose/loading.ts';

test('what a service was told lies over its own variables, and nobody else’s', async () => {
  const made = await project('name: p\nservices:\n  a: {image: i, environment: {MODE: own, LEFT: "1"}}\n  b: {image: i}\n');
  const told = createTold();
  expect(told.appliedTo(made)).toBe(made);
  told.tell('a', named([['MODE', 'told']]));
  told.tell(
    'a',
    named([
      ['MODE', 'later'],
      ['URL', 'x'],
    ]),
  );
  const applied = told.appliedTo(made);
  expect(applied.services['a']?.environment).toEqual(
    named([
      ['MODE', 'later'],
      ['LEFT', '1'],
      ['URL', 'x'],
    ]),
  );
  expect(applied.services['b']).toBe(made.services['b']);
});
