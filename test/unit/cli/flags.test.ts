// The flag parser against sentences that the reference was seen to say.
import { describe, expect, test } from 'vitest';
import { bool, type FlagTable, flagName, int, optionalBool, parseFlags, text, textOr, texts } from '../../../src/cli/flags.ts';

const table = {
  detach: bool('', { short: 'd' }),
  quiet: bool('', { short: 'q' }),
  timeout: int('', { short: 't' }),
  file: texts('', { short: 'f' }),
  output: text('', { short: 'o' }),
  tail: textOr('all', '', { short: 'n' }),
  removeOrphans: bool(''),
  orphans: bool('', { fallback: true }),
  menu: optionalBool(''),
  ssh: texts('', { bareValue: 'default' }),
} satisfies FlagTable;

function parse(args: readonly string[], interspersed = true) {
  return parseFlags(table, args, interspersed);
}

function read(...args: string[]) {
  const parsed = parse(args);
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed;
}

function refusal(...args: string[]): string {
  const parsed = parse(args);
  return parsed.ok ? 'accepted' : parsed.message;
}

describe('what is accepted', () => {
  test('a flag that is not given has its fallback', () => {
    expect(read().values).toMatchObject({ detach: false, timeout: undefined, file: [], tail: 'all', orphans: true, menu: undefined });
  });

  test('a value comes after an equals sign, or as the next argument', () => {
    expect(read('--tail=5').values['tail']).toBe('5');
    expect(read('--tail', '5').values['tail']).toBe('5');
  });

  test('the next argument is a value even where it looks like a flag', () => {
    expect(read('--output', '--detach').values).toMatchObject({ output: '--detach', detach: false });
  });

  test('an empty value is a value', () => {
    expect(read('--output=').values['output']).toBe('');
  });

  test('letters are drawn together, and the last may have a value', () => {
    expect(read('-dqt5').values).toMatchObject({ detach: true, quiet: true, timeout: 5 });
    expect(read('-dt', '5').values).toMatchObject({ detach: true, timeout: 5 });
    expect(read('-t=5').values['timeout']).toBe(5);
  });

  test('a switch takes a value only after an equals sign', () => {
    expect(read('--orphans=false').values['orphans']).toBe(false);
    expect(read('--detach', 'false')).toMatchObject({ values: { detach: true }, rest: ['false'] });
    expect(read('-d=false').values['detach']).toBe(false);
  });

  test.each(['1', 't', 'T', 'true', 'TRUE', 'True'])('%s is true', word => {
    expect(read(`--detach=${word}`).values['detach']).toBe(true);
  });

  test('a repeated flag keeps all values in order; the last of a single one wins', () => {
    expect(read('-f', 'a', '--file', 'b', '-fc').values['file']).toEqual(['a', 'b', 'c']);
    expect(read('--tail', '1', '--tail', '2').values['tail']).toBe('2');
  });

  test('a flag may have a value for being given without one', () => {
    expect(read('--ssh').values['ssh']).toEqual(['default']);
    expect(read('--ssh', 'web')).toMatchObject({ values: { ssh: ['default'] }, rest: ['web'] });
    expect(read('--ssh=id=path').values['ssh']).toEqual(['id=path']);
  });

  test.each([
    ['7', 7],
    ['-1', -1],
    ['+3', 3],
    ['0x10', 16],
    ['010', 8],
    ['0o17', 15],
    ['0b101', 5],
    ['1_000', 1000],
    ['0', 0],
  ])('%s is the number %d', (word, number) => {
    expect(read(`--timeout=${word}`).values['timeout']).toBe(number);
  });

  test('which flags were given is known', () => {
    expect([...read('--orphans', '-q').given]).toEqual(['orphans', 'quiet']);
  });

  test('help is known everywhere, and can be denied', () => {
    expect(read('--help').help).toBe(true);
    expect(read('-h').help).toBe(true);
    expect(read('--help=false').help).toBe(false);
  });
});

describe('where flags may stand', () => {
  test('flags and arguments mix', () => {
    expect(read('web', '-d', 'db', '--quiet')).toMatchObject({ rest: ['web', 'db'], values: { detach: true, quiet: true } });
  });

  test('after two hyphens nothing is a flag', () => {
    expect(read('-d', '--', '--quiet', '-x').rest).toEqual(['--quiet', '-x']);
  });

  test('a single hyphen is an argument', () => {
    expect(read('-', '-d').rest).toEqual(['-']);
  });

  test('where flags come first only, the first argument ends them', () => {
    const parsed = parse(['-d', 'web', 'sh', '-c', 'ls', '--help'], false);
    expect(parsed).toMatchObject({ ok: true, help: false, rest: ['web', 'sh', '-c', 'ls', '--help'], values: { detach: true } });
  });

  test('two hyphens before the first argument go away', () => {
    expect(parse(['--', 'web', '--', 'x'], false)).toMatchObject({ rest: ['web', '--', 'x'] });
  });
});

describe("what is refused, in the reference's words", () => {
  test.each([
    [['--x'], 'unknown flag: --x'],
    [['--x=1'], 'unknown flag: --x'],
    [['--detac'], 'unknown flag: --detac'],
    [['-x'], "unknown shorthand flag: 'x' in -x"],
    [['-dx'], "unknown shorthand flag: 'x' in -x"],
    [['-dxq'], "unknown shorthand flag: 'x' in -xq"],
    [['--='], 'bad flag syntax: --='],
    [['---x'], 'bad flag syntax: ---x'],
    [['--tail'], 'flag needs an argument: --tail'],
    [['-t'], "flag needs an argument: 't' in -t"],
    [['-dt'], "flag needs an argument: 't' in -t"],
    [['--timeout', 'abc'], 'invalid argument "abc" for "-t, --timeout" flag: strconv.ParseInt: parsing "abc": invalid syntax'],
    [['-t5x'], 'invalid argument "5x" for "-t, --timeout" flag: strconv.ParseInt: parsing "5x": invalid syntax'],
    [['-t', ''], 'invalid argument "" for "-t, --timeout" flag: strconv.ParseInt: parsing "": invalid syntax'],
    [
      ['--timeout=9223372036854775808'],
      'invalid argument "9223372036854775808" for "-t, --timeout" flag: strconv.ParseInt: parsing "9223372036854775808": value out of range',
    ],
    [['--orphans=maybe'], 'invalid argument "maybe" for "--orphans" flag: strconv.ParseBool: parsing "maybe": invalid syntax'],
    [['-d=yes'], 'invalid argument "yes" for "-d, --detach" flag: strconv.ParseBool: parsing "yes": invalid syntax'],
  ])('%j', (args, sentence) => {
    expect(refusal(...args)).toBe(sentence);
  });

  test('the first thing wrong is told, though help was asked for', () => {
    expect(refusal('--help', '--x')).toBe('unknown flag: --x');
  });

  test('the name of an unknown flag is handed on, for a suggestion', () => {
    expect(parse(['--remove-orphan'])).toMatchObject({ ok: false, unknown: 'remove-orphan' });
  });
});

test('keys become names', () => {
  expect(flagName('removeOrphans')).toBe('remove-orphans');
  expect(flagName('abortOnContainerExit')).toBe('abort-on-container-exit');
});
