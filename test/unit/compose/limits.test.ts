// What is far too much of something: it is refused, or read, without a stack that overflows and without taking the square of its size.
import { describe, expect, test } from 'vitest';
import { complaints, load, project } from './loading.ts';

const lines = (count: number, line: (index: number) => string) => Array.from({ length: count }, (_, index) => line(index)).join('');
const web = 'services:\n  web:\n    image: x\n';

/** What is to be done about each thing that is wrong. */
async function hints(files: string | Record<string, string>): Promise<readonly (string | undefined)[]> {
  const loaded = await load(files);
  return loaded.ok ? [] : loaded.diagnostics.map(({ hint }) => hint);
}

describe('is read', () => {
  test('a chain of ten thousand services that extend each other', async () => {
    const chain = lines(10_000, index => `  s${index}: {extends: s${index + 1}}\n`);
    const { services } = await project(`services:\n${chain}  s10000: {image: x}\n`);
    expect(services['s0']?.image).toBe('x');
  });

  test('a list of thirty thousand entries that is merged with another', async () => {
    const list = (prefix: string) => `${web}x-list:\n${lines(30_000, index => `  - ${prefix}${index}\n`)}`;
    const merged = await project({ '/p/a.yaml': list('a'), '/p/b.yaml': `${list('b')}  - a7\n` }, { files: ['/p/a.yaml', '/p/b.yaml'] });
    expect(merged.extensions['x-list']).toHaveLength(60_000);
  });

  test('a list of five thousand variables that are not set, with a warning for each, beside fifty thousand that are', async () => {
    const env = lines(50_000, index => `SET${index}=v\n`);
    const list = `${web}x-list:\n${lines(5_000, index => `  - $UNKNOWN_NAME_${index}\n`)}`;
    expect(await complaints({ '/p/compose.yaml': list, '/p/.env': env })).toHaveLength(5_000);
  });

  test('an env file of fifty thousand variables, and a long quoted value', async () => {
    const env = `${lines(50_000, index => `K${index}=v\n`)}LONG="${'a\\n'.repeat(100_000)}"\n`;
    const { environment } = await project({ '/p/compose.yaml': web, '/p/.env': env });
    expect(environment['K49999']).toBe('v');
    expect(environment['LONG']).toHaveLength(200_000);
  });
});

describe('is refused', () => {
  test('a circle of ten thousand services', async () => {
    const circle = lines(10_000, index => `  s${index}: {extends: s${(index + 1) % 10_000}}\n`);
    expect(await complaints(`services:\n${circle}`)).toEqual(['extends.cycle /p/compose.yaml:2:17 Circular reference:']);
  });

  test('with all of its mistakes, a file of thousands that each lack what they name', async () => {
    const services = lines(3_000, index => `  s${index}: {image: x, depends_on: [q${index}]}\n`);
    expect(await complaints(`services:\n${services}`)).toHaveLength(3_000);
  });

  test('with all of its mistakes, a service of twenty thousand links to nothing', async () => {
    const found = await complaints(`${web}    links:\n${lines(20_000, index => `      - q${index}\n`)}`);
    expect(found).toHaveLength(20_000);
    expect(found[0]).toContain('depends on undefined service "q0", for its links');
  });

  test('with a hint for each, a thousand services that extend one that is not there beside ten thousand', async () => {
    const others = lines(10_000, index => `  s${index}: {image: x}\n`);
    const found = await hints(`services:\n${others}${lines(1_000, index => `  t${index}: {extends: qqqqqqqqq}\n`)}`);
    expect(found).toEqual(Array(1_000).fill('Write the name of a service that is there: s0, s1, s2, s3, s4.'));
  });

  test.each([
    ['in block lists', '- a\n'.repeat(1_100_000)],
    ['in brackets', `x: [${'a,'.repeat(1_100_000)}]`],
    ['of documents', '---\n'.repeat(1_100_000)],
  ])('a file of a million values %s, before its nodes are made', async (_, text) => {
    expect(await complaints(text)).toEqual([expect.stringMatching(/^files.too-large .* compose file exceeds maximum node visit limit/)]);
  });

  test('brackets without end behind another mistake', async () => {
    expect(await complaints(`"a\n${'['.repeat(100_000)}`)).toEqual([expect.stringMatching(/^yaml.syntax \/p\/compose.yaml:1:1 /)]);
  });

  test.each(['[ #', '[ # ]', '{%&a  #', 'a: [b\n #'])('a comment that ends the file within brackets: %j', async text => {
    expect(await complaints(text)).toEqual([expect.stringMatching(/^yaml.syntax .* is never closed with/)]);
  });

  test('lines far to the right that would have to be indented further', async () => {
    const loaded = await load(`${' '.repeat(500_000)}a: [\n${'\n'.repeat(500_000)}\t]`);
    expect(loaded.ok).toBe(false);
  });

  test('aliases of a hundred thousand anchors that are not there', async () => {
    expect((await complaints(lines(99_000, index => `- *a${index}\n`))).length).toBeGreaterThan(90_000);
  });

  test('variables that double each other, at the line where there is no room any more', async () => {
    const env = `A0=xx\n${lines(60, index => `A${index + 1}=$A${index}$A${index}\n`)}`;
    expect(await complaints({ '/p/compose.yaml': web, '/p/.env': env })).toEqual([
      'dotenv.syntax /p/.env:24:5 failed to read /p/.env: line 24: the values of variables come to more than 16 MiB of text',
    ]);
  });

  test('values that grow beyond what a file may hold, at the first that does', async () => {
    const labels = lines(40, index => `      l${index}: a$LONG\n`);
    const files = { '/p/compose.yaml': `${web}    labels:\n${labels}`, '/p/.env': `LONG=${'x'.repeat(1_000_000)}\n` };
    expect(await complaints(files)).toEqual([
      'files.too-large /p/compose.yaml:21:13 services.web.labels.l16: the values of variables come to more than 16 MiB of text',
    ]);
  });

  test('an env file of more variables than a Compose file may have values', async () => {
    const env = lines(100_001, index => `K${index}=v\n`);
    const refusal = expect.stringMatching(/^files.too-large .*more than 100000 variables$/);
    expect(await complaints({ '/p/compose.yaml': web, '/p/.env': env })).toContainEqual(refusal);
    const raw = `${web}    env_file: [{path: a, format: raw}]\n`;
    expect(await complaints({ '/p/compose.yaml': raw, '/p/a': env })).toContainEqual(refusal);
  });

  test('after a hundred mistakes, the rest of an env file', async () => {
    const found = await complaints({ '/p/compose.yaml': web, '/p/.env': '!\n'.repeat(1_000_000) });
    expect(found).toHaveLength(100);
  });

  test.each([
    ['in nodes', { '/p/compose.yaml': '- a\n'.repeat(1_100_000) }, 'Split the file.'],
    ['in brackets', { '/p/compose.yaml': '['.repeat(1_000) }, 'Nest them at most 400 deep.'],
    [
      'in text',
      { '/p/compose.yaml': `${web}x-text: ${'$A'.repeat(20)}\n`, '/p/.env': `A=${'x'.repeat(1_000_000)}\n` },
      'Write shorter values, or name variables less often.',
    ],
    [
      'in the text of an env file',
      { '/p/compose.yaml': web, '/p/.env': `A=${'x'.repeat(1_000_000)}\nB=${'$A'.repeat(20)}\n` },
      'Write shorter values, or name variables less often.',
    ],
    [
      'in variables',
      { '/p/compose.yaml': web, '/p/.env': lines(100_001, index => `K${index}=v\n`) },
      'Remove variables that nothing uses.',
    ],
  ])('too much %s, with a way out', async (_, files, hint) => {
    expect(await hints(files)).toEqual([hint]);
  });
});
