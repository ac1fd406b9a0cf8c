// A report in stages: what a later stage says about text that is wrong already is dropped.
import { expect, test } from 'vitest';
import { createReport } from '../../../src/diagnostics/report.ts';
import { stagedReport } from '../../../src/diagnostics/stages.ts';

const file = { path: '/p/a.yaml', text: 'one: [a,\n  b]\ntwo: x\n' };
const span = (start: number, end: number) => ({ file, start, end });

function staged() {
  const report = stagedReport(createReport());
  const found = () => report.all().map(diagnostic => diagnostic.message);
  return { report, found };
}

test('within a stage, everything is kept', () => {
  const { report, found } = staged();
  report.add('schema.type', { message: 'outer', span: span(5, 13) });
  report.add('schema.value', { message: 'inner', span: span(6, 7) });
  expect(found()).toEqual(['outer', 'inner']);
});

test('a later stage may speak neither of a part of wrong text, nor of a line around it', () => {
  const { report, found } = staged();
  report.add('schema.type', { message: 'first', span: span(6, 7) });
  report.nextStage();
  report.add('value.invalid', { message: 'same', span: span(6, 7) });
  report.add('value.invalid', { message: 'same line', span: span(5, 8) });
  report.add('value.invalid', { message: 'over lines', span: span(5, 13) });
  report.add('value.invalid', { message: 'elsewhere', span: span(19, 20) });
  report.add('value.invalid', { message: 'without a place' });
  expect(found()).toEqual(['without a place', 'over lines', 'first', 'elsewhere']);
});

test('warnings make no text wrong', () => {
  const { report, found } = staged();
  report.add('value.shell-operator', { message: 'careful', span: span(19, 20) });
  report.nextStage();
  report.add('value.invalid', { message: 'wrong', span: span(19, 20) });
  expect(found()).toEqual(['careful', 'wrong']);
  expect(report.wrong).toHaveLength(1);
});
