// Mends as edits of a text, and which misspelt name leaves no doubt.
import { describe, expect, test } from 'vitest';
import { applyEdits, compatible, quoting, renaming, rewriting } from '../../../src/diagnostics/mend.ts';
import { suggestSurely } from '../../../src/diagnostics/suggest.ts';
import type { Span } from '../../../src/source/span.ts';

const spanOf = (text: string, part: string): Span => {
  const start = text.indexOf(part);
  return { file: { path: '/p/compose.yaml', text }, start, end: start + part.length };
};

describe('a name that surely stands for another', () => {
  test.each([
    ['databse', ['database', 'cache'], 'database'],
    ['restrat', ['restart', 'secrets'], 'restart'],
    ['Volumes', ['volumes', 'volumes_from'], 'volumes'],
    ['commandd', ['command'], 'command'],
  ])('%s of %j', (name, candidates, meant) => {
    expect(suggestSurely(name, candidates)).toBe(meant);
  });

  test.each([
    ['another letter makes another name', 'node-a', ['node-b']],
    ['another digit does, too', 'web2', ['web1']],
    ['a digit more as well', 'web', ['web1']],
    ['two are as near', 'cach', ['cache', 'catch']],
    ['the name is too short', 'db', ['dbs']],
    ['two slips', 'dtabse', ['database']],
  ])('%s', (_, name, candidates) => {
    expect(suggestSurely(name, candidates)).toBeUndefined();
  });
});

test('edits are applied whatever their order, insertions at their place', () => {
  const text = 'a: 1\nb: 2\n';
  const edits = [...quoting(spanOf(text, '1'), '1')!, ...rewriting(spanOf(text, '2'), '2', 'three')!];
  expect(applyEdits(text, edits)).toBe('a: "1"\nb: three\n');
  expect(applyEdits(text, edits.toReversed())).toBe('a: "1"\nb: three\n');
});

test('a name is changed only where it stands by itself, and once', () => {
  const change = (part: string) => {
    const text = `x ${part} y`;
    const edits = renaming(spanOf(text, part), 'db', 'database');
    return edits && applyEdits(text, edits);
  };
  expect(change('db')).toBe('x database y');
  expect(change('"db:/data"')).toBe('x "database:/data" y');
  expect(change('mydb:/data')).toBeUndefined();
  expect(change('db-1')).toBeUndefined();
  expect(change('db:/db')).toBeUndefined();
});

test('a value is changed only where the text holds it as it is', () => {
  const text = 'tty: ${TTY}';
  expect(rewriting(spanOf(text, '${TTY}'), 'yes', 'true')).toBeUndefined();
  expect(quoting(spanOf(text, '${TTY}'), '10')).toBeUndefined();
  expect(quoting(undefined, '10')).toBeUndefined();
});

test('of two mends that touch the same text, the first is taken', () => {
  const text = 'services: {web: {imag: x}}';
  const [first, second, third] = [spanOf(text, 'imag'), spanOf(text, 'mag'), spanOf(text, 'x')].map(span => [{ span, text: 'y' }]);
  expect(compatible([first!, second!, third!])).toEqual([first, third]);
});
