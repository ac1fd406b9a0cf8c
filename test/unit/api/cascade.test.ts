// Which end stops an attached run, and which code it ends with: the reference's rules, and where one-shots that others wait for end.
import { describe, expect, test } from 'vitest';
import { type CascadeRules, createCascade } from '../../../src/api/cascade.ts';
import { plan } from '../../../src/plan/planners.ts';
import { fresh, project, up } from '../plan/world.ts';

const text = `name: shop
services:
  migrate: {image: i}
  web: {image: i, depends_on: {migrate: {condition: service_completed_successfully}, db: {condition: service_healthy}}}
  db: {image: i, healthcheck: {test: "true"}}
  cache: {image: i}
`;

async function cascade(rules: CascadeRules) {
  const made = await project(text);
  const { steps } = plan(up, made, fresh(made));
  const ends = createCascade(rules);
  ends.note(steps);
  const over = (...ids: readonly string[]) => {
    for (const id of ids) {
      expect(steps.map(step => step.id)).toContain(id);
      ends.stepEnded(id);
    }
  };
  return { ends, over };
}

test('without a rule no end stops the run, and the code is 0', async () => {
  const { ends } = await cascade({ cascade: 'none' });
  expect(ends.ended('cache', 3)).toBe(false);
  expect(ends.exitCode).toBe(0);
});

test('the first end stops the run and gives the code, whatever the others end with', async () => {
  const { ends } = await cascade({ cascade: 'exit' });
  expect(ends.ended('cache', 3)).toBe(true);
  ends.ended('web', 137);
  expect(ends.exitCode).toBe(3);
});

test('where failures count, an end with 0 stops nothing', async () => {
  const { ends } = await cascade({ cascade: 'failure' });
  expect(ends.ended('cache', 0)).toBe(false);
  expect(ends.ended('web', 4)).toBe(true);
  expect(ends.exitCode).toBe(4);
});

describe('the code of a chosen service', () => {
  test('wins over that of the one that ended first', async () => {
    const { ends } = await cascade({ cascade: 'exit', exitCodeFrom: 'web' });
    expect(ends.ended('cache', 3)).toBe(true);
    ends.ended('web', 9);
    ends.ended('web', 10);
    expect(ends.exitCode).toBe(9);
  });

  test('is replaced by the failure that stops the run later, as in the reference', async () => {
    const { ends } = await cascade({ cascade: 'failure', exitCodeFrom: 'cache' });
    expect(ends.ended('cache', 0)).toBe(false);
    expect(ends.ended('web', 7)).toBe(true);
    expect(ends.exitCode).toBe(7);
  });
});

describe('an end that others wait for', () => {
  test('stops nothing when a one-shot ends well, also when its wait is over already', async () => {
    const { ends, over } = await cascade({ cascade: 'exit' });
    expect(ends.ended('migrate', 0)).toBe(false);
    over('migrate-1/wait-end');
    expect(ends.ended('migrate', 0)).toBe(false);
    expect(ends.ended('web', 5)).toBe(true);
    expect(ends.exitCode).toBe(5);
  });

  test('stops the run where it is the chosen service that ends well', async () => {
    const { ends } = await cascade({ cascade: 'exit', exitCodeFrom: 'migrate' });
    expect(ends.ended('migrate', 0)).toBe(true);
  });

  test('is left to the wait, which fails, when it ends badly before the wait is over', async () => {
    const { ends, over } = await cascade({ cascade: 'exit' });
    expect(ends.ended('migrate', 3)).toBe(false);
    expect(ends.ended('db', 0)).toBe(false);
    over('db-1/wait');
    expect(ends.ended('db', 0)).toBe(true);
  });
});
