// The help pages: their layout is what users of the reference know.
import { expect, test } from 'vitest';
import { defineCommand } from '../../../src/cli/command.ts';
import { commandRows } from '../../../src/cli/commands/table.ts';
import { bool, int, notYet, text, texts } from '../../../src/cli/flags.ts';
import { commandHelp, overviewHelp } from '../../../src/cli/help.ts';

const command = defineCommand({
  name: 'sail',
  usage: '[OPTIONS] [SERVICE...]',
  summary: 'Sail away',
  flags: {
    detach: bool('Do not look back', { short: 'd' }),
    exitCodeFrom: text('End with the code of this one, whatever the others of the fleet have to say about it afterwards'),
    hiddenThing: bool('Never seen', { hidden: true }),
    orphans: bool('Take them along', { fallback: true }),
    timeout: int('Seconds', { short: 't', shownDefault: '10' }),
    scale: texts('How many', { placeholder: 'scale' }),
    watch: notYet(bool('Watch the waves')),
  },
  run: async () => 0,
});

test('a command page has the usage, the summary, and its flags by name with the explanations wrapped beside them', () => {
  expect(commandHelp('fig', command, 80)).toBe(`Usage:  fig sail [OPTIONS] [SERVICE...]

Sail away

Options:
  -d, --detach                  Do not look back
      --dry-run                 Show what would be done, and change nothing
      --exit-code-from string   End with the code of this one, whatever
                                the others of the fleet have to say about
                                it afterwards
      --orphans                 Take them along (default true)
      --scale scale             How many
  -t, --timeout int             Seconds (default 10)
      --watch                   Watch the waves (not yet in fig)
`);
});

test('no line of a page is wider than the terminal, but for a last word that may stand five columns over', () => {
  for (const columns of [60, 80, 120]) {
    for (const line of commandHelp('fig', command, columns).split('\n')) expect(line.length).toBeLessThan(columns);
  }
});

test('the overview names every command that is there, sorted, and none that is not', () => {
  const page = overviewHelp('fig', {}, commandRows, 80).split('\n');
  const names = page.slice(page.indexOf('Commands:') + 1, -3).map(line => line.trim().split(' ')[0]);
  expect(names).toEqual(names.toSorted());
  expect(names).toContain('up');
  expect(names).not.toContain('attach');
  expect(names).not.toContain('__complete');
});

test('every command of the table loads, and bears the name it is called by', async () => {
  for (const row of commandRows) if (row.load) expect((await row.load()).name).toBe(row.name);
});
