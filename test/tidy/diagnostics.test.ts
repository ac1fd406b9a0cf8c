// The registry of diagnostics against fixtures/diagnostics: every code that reading files can raise has a mistake there that raises it.
import { expect, test } from 'vitest';
import { type Code, codes } from '../../src/diagnostics/codes.ts';
import { mistakes } from '../rig/mistakes.ts';

/** The others are raised by engines, plans, command lines and `fig check` alone. */
const isOfLoading = (code: string) => !/^(?:engine|execute|check)\./.test(code) && code !== 'files.unwritable';

/** Codes without a fixture, and why. */
const without: Partial<Record<Code, string>> = {
  'files.too-large': 'the file would be large; test/unit/document/parse.test.ts makes it',
  'project.symlinked-directory': 'a folder reached by a link is none of files in memory; test/unit/compose/discover.test.ts',
  'request.orphans': 'of the engine',
  'request.left': 'of the engine',
  'request.nothing': 'of the engine',
  'request.namesake': 'of the engine',
  'request.namesake-refused': 'of the engine',
  'request.busy': 'of another command',
  'request.cancelled': 'of another command',
};

test('every code of loading has a fixture, or a reason for having none', () => {
  const raised = new Set(mistakes.flatMap(({ wrong }) => wrong.map(text => text.split(' ')[0])));
  const missing = Object.keys(codes).filter(code => isOfLoading(code) && !raised.has(code) && !(code in without));
  expect(missing).toEqual([]);
  expect(Object.keys(without).filter(code => raised.has(code) || !(code in codes))).toEqual([]);
});
