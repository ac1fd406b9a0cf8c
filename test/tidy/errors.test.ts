// docs/errors: a page for each code, none without, an index of all; and each example is played, and prints what its page says.
// FIG_WRITE_PAGES=1 writes what is printed now into the pages, for when a message has become better.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Code, codes } from '../../src/diagnostics/codes.ts';
import { errorPage, pagesFolder, play, writeSession } from '../rig/error-pages.ts';
import { violations } from '../rig/json-schema.ts';
import { root } from '../rig/sources.ts';

// The registry's keys are its codes.
const named = (Object.keys(codes) as Code[]).sort();

test('each code has a page, and each page a code', () => {
  const pages = readdirSync(pagesFolder).filter(file => file !== 'README.md');
  expect(pages.map(file => file.replace(/\.md$/, '')).sort()).toEqual(named);
});

test.each(named)('the page of %s has its title, an example with the code in it, and a way out', code => {
  const { text } = errorPage(code);
  const { severity, title } = codes[code];
  expect(text.split('\n').slice(0, 3)).toEqual([`# ${code}`, '', `${severity === 'error' ? 'Error' : 'Warning'}: ${title}.`]);
  expect(text).toContain(`\n## Example\n`);
  expect(text).toContain(`${severity}[${code}]`);
  expect(text).toMatch(/\n## What to do\n\n\S/);
});

test('the index has a row for each code, with its severity and title', () => {
  const index = readFileSync(join(pagesFolder, 'README.md'), 'utf8');
  const rows = index.split('\n').filter(line => line.startsWith('| ['));
  expect(rows.toSorted()).toEqual(
    named.map(code => `| [${code}](${code}.md) | ${codes[code].severity} | ${codes[code].title} |`).toSorted(),
  );
});

/** Codes that come from an engine, from running, from another fig, or from a file that may not be written: their examples cannot be played here. */
const unplayed = /^(?:engine\.(?!unreachable)|execute\.|request\.(?:orphans|left|nothing|namesake|busy|cancelled)|files\.unwritable)/;
const played = named.filter(code => !unplayed.test(code));

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
