// Env files: the dotenv grammar, and raw lines.
import { describe, expect, test } from 'vitest';
import { type DotenvFormat, parseDotenv } from '../../../src/compose/dotenv.ts';
import { createReport } from '../../../src/diagnostics/report.ts';
import { formatPlace } from '../../../src/source/span.ts';
import { printDiagnostics } from '../../../src/view/diagnostics.ts';

function parse(text: string, environment: Record<string, string> = {}, format: DotenvFormat = 'dotenv') {
  const report = createReport();
  const entries = parseDotenv({ path: '/p/.env', text }, { earlier: new Map(), lookup: name => environment[name], report, format });
  return { values: Object.fromEntries([...entries].map(([name, { value }]) => [name, value])), found: report.all() };
}

const valuesOf = (text: string, environment?: Record<string, string>) => parse(text, environment).values;

describe('lines', () => {
  test('blank lines, comments, export, colons, carriage returns and a byte order mark are taken', () => {
    const text = '\uFEFF# c\r\n\r\n  A=1\r\nexport B = 2\r\nC: 3\r\nexport\tD=4';
    expect(valuesOf(text)).toEqual({ A: '1', B: '2', C: '3', D: '4' });
  });

  test('names may have letters of any script, digits in front, dots, hyphens and brackets', () => {
    expect(valuesOf('1A=x\nä.b-c[0]=y\n')).toEqual({ '1A': 'x', 'ä.b-c[0]': 'y' });
  });

  test('a bare name inherits its value, or is not set at all', () => {
    expect(valuesOf('A\nexport B\nC', { A: '1', C: '3' })).toEqual({ A: '1', C: '3' });
  });

  test('an unquoted value ends at a space and a hash, and at blanks before the line end', () => {
    expect(valuesOf('A=a#b c  # d\nB=#x\nC= # y\nD=\nE=back\\slash\n')).toEqual({ A: 'a#b c', B: '#x', C: '# y', D: '', E: 'back\\slash' });
  });

  test('single quotes take everything as it is, over lines', () => {
    expect(valuesOf("A='$B \\n\nit\\'s' # c\nB=x")).toEqual({ A: "$B \\n\nit's", B: 'x' });
  });

  test('double quotes know escapes, octal ones too, and then variables', () => {
    const text = 'A="\\t\\"q\\"\\\\ \\0101 \\0 \\c \\$B $$B ${B}\nend"';
    expect(valuesOf(text, { B: 'b' })).toEqual({ A: '\t"q"\\ A \\ \\c $B $B b\nend' });
  });

  test('what follows a closing quote is a new statement', () => {
    expect(valuesOf('A="x" B=y\nC="z" # c\n')).toEqual({ A: 'x', B: 'y', C: 'z' });
  });
});

describe('variables', () => {
  test('the environment wins over earlier lines', () => {
    expect(valuesOf('A=line\nB=$A\nC=${A:-d}\nD=$C', { A: 'process' })).toMatchObject({ B: 'process', C: 'process', D: 'process' });
  });

  test('a variable that is nowhere brings one warning with its line', () => {
    const { values, found } = parse('A=1\nB=${NOPE}\n');
    expect(values['B']).toBe('');
    expect(found).toMatchObject([
      { code: 'interpolation.unset-variable', message: 'The "NOPE" variable is not set. Defaulting to a blank string.' },
    ]);
    expect(formatPlace(found[0]!.span!)).toBe('/p/.env:2:3');
  });
});

describe('mistakes', () => {
  test('all bad lines are reported, each with its line, and good ones are kept', () => {
    const { values, found } = parse('A B=c\nGOOD=1\nX!=y\nT="open\nS=2');
    expect(values).toEqual({ GOOD: '1' });
    expect(found.map(diagnostic => diagnostic.message)).toEqual([
      'failed to read /p/.env: line 1: key cannot contain a space',
      'failed to read /p/.env: line 3: unexpected character "!" in variable name "X!"',
      'failed to read /p/.env: line 4: unterminated quoted value of "T"',
    ]);
    expect(found.map(({ span }) => formatPlace(span!))).toEqual(['/p/.env:1:1', '/p/.env:3:2', '/p/.env:4:3']);
  });

  test('no message shows a value', () => {
    const { found } = parse('API KEY=hunter2\nTOKEN?=hunter2\nK=--- RSA\nhunter2 go\nhunter2/+==\nE="hunter2');
    expect(found).toHaveLength(5);
    const shown = printDiagnostics(found, { directory: '/p' });
    expect(shown).not.toContain('hunter2');
    expect(shown).toContain('1 │ API KEY=•••\n');
    expect(shown).toContain('4 │ •••\n');
  });

  test('a broken expression is reported', () => {
    expect(parse('A=${\n').found).toMatchObject([{ code: 'dotenv.syntax' }]);
  });
});

describe('raw', () => {
  test('values are taken byte for byte; names alone inherit', () => {
    const text = '  A="q" # $B \r\n# c\nB\nC\nD=a=b\n';
    expect(parse(text, { B: 'b' }, 'raw').values).toEqual({ A: '"q" # $B ', B: 'b', D: 'a=b' });
  });

  test('a name with a blank, or none, is reported', () => {
    const { found } = parse('A B=x\n=x\n', {}, 'raw');
    expect(found.map(diagnostic => diagnostic.message)).toEqual([
      "failed to parse env_file /p/.env: variable 'A B' contains whitespaces",
      'failed to parse env_file /p/.env: no variable name before =',
    ]);
  });
});
