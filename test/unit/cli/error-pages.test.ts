// The pages of docs/errors say what fig says: their examples are played, and what is printed is compared. FIG_WRITE_PAGES=1 writes it instead,
// for when a message has become better.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Code, codes } from '../../../src/diagnostics/codes.ts';
import { errorPage, play, writeSession } from '../../rig/error-pages.ts';
import { violations } from '../../rig/json-schema.ts';
import { root } from '../../rig/sources.ts';

/** Codes that come from an engine, from running, or from a file that may not be written: their examples cannot be played here. */
const unplayed = /^(?:engine\.(?!unreachable)|execute\.|request\.(?:orphans|nothing)|files\.unwritable)/;
const played = (Object.keys(codes) as Code[]).filter(code => !unplayed.test(code));

describe('the example of a page is what fig prints', () => {
  test.each(played)('%s', async code => {
    const page = errorPage(code);
    const session = await play(page);
    if (process.env['FIG_WRITE_PAGES'] === '1') writeSession(page, session);
    expect(session).toContain(`${codes[code].severity}[${code}]`);
    expect(errorPage(code).session).toBe(session);
  });
});

test('the JSON of every example is as its schema says', async () => {
  const schema = JSON.parse(readFileSync(join(root, 'schemas/diagnostic.json'), 'utf8'));
  const wrong: string[] = [];
  for (const code of played) {
    const page = errorPage(code);
    const { session = '' } = page;
    if (!/^\$ fig check$/m.test(session)) continue;
    const answer = await play({ ...page, session: session.replace(/^\$ fig check$/m, '$ fig check --format json') });
    const records = JSON.parse(answer.slice(answer.indexOf('\n[') + 1));
    expect(records).not.toEqual([]);
    wrong.push(...violations(records, schema).map(violation => `${code}: ${violation}`));
  }
  expect(wrong).toEqual([]);
});
