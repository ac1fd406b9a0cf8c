// docs/errors is complete: a page for each code, no page without one, and an index of all.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { codes } from '../../src/diagnostics/codes.ts';
import { errorPage, pagesFolder } from '../rig/error-pages.ts';

const named = Object.keys(codes).sort();
type Code = keyof typeof codes;

test('each code has a page, and each page a code', () => {
  const pages = readdirSync(pagesFolder).filter(file => file !== 'README.md');
  expect(pages.map(file => file.replace(/\.md$/, '')).sort()).toEqual(named);
});

test.each(named as Code[])('the page of %s has its title, an example with the code in it, and a way out', code => {
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
    named.map(code => `| [${code}](${code}.md) | ${codes[code as Code].severity} | ${codes[code as Code].title} |`).toSorted(),
  );
});
