// The built `fig check`: what it prints and ends with, in every format; what --fix writes; and that it finds no error where the reference has none.
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Refusal, rewriteFiles } from '../../src/index.ts';
import { fig } from '../rig/command-line.ts';
import { violations } from '../rig/json-schema.ts';
import { run } from '../rig/process.ts';
import { createProject, figPath } from '../rig/project.ts';
import { recordedProjects } from '../rig/recorded.ts';
import { root } from '../rig/sources.ts';

const good = 'services:\n  web:\n    image: nginx\n';
const old = `version: "3.8"\n${good}    tty: yes # a terminal\n`;
const mendedOld = `${good}    tty: true # a terminal\n`;
const wrong = `${good}    restrat: always\n`;

const projectOf = (files: Record<string, string>) => createProject(files, { engine: false });

describe('the exit code and the answer on stdout', () => {
  test('nothing is wrong', async () => {
    expect(await projectOf({ 'compose.yaml': good }).fig('check')).toMatchObject({
      code: 0,
      stdout: 'no problems in 1 file\n',
      stderr: '',
    });
  });

  test('warnings are no failure, unless they are taken for errors', async () => {
    const project = projectOf({ 'compose.yaml': old });
    const lenient = await project.fig('check');
    expect(lenient).toMatchObject({ code: 0, stderr: '' });
    expect(lenient.stdout).toMatch(/^warning\[schema.obsolete-version\][\s\S]*\n2 warnings in 1 file\n$/);
    const strict = await project.fig('check', '--strict');
    expect(strict.code).toBe(1);
    expect(strict.stdout).toMatch(/^error\[schema.obsolete-version\][\s\S]*\n2 errors in 1 file\n$/);
  });

  test('errors are a failure', async () => {
    const { code, stdout, stderr } = await projectOf({ 'compose.yaml': wrong }).fig('check');
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(stdout).toMatch(/^error\[schema.unknown-key\].*\n {2}compose.yaml:4:5\n[\s\S]*\n1 error in 1 file\n$/);
  });

  test('a format that is none is named', async () => {
    const { code, stderr } = await projectOf({ 'compose.yaml': good }).fig('check', '--format', 'xml');
    expect({ code, stderr }).toEqual({ code: 1, stderr: 'no format "xml": there is text, json, sarif, github\n' });
  });
});

describe('which files', () => {
  test('those that are named make one project, those of -f first', async () => {
    const project = projectOf({
      'a.yaml': good,
      'b.yaml': 'services:\n  web:\n    volumes: ["data:/data"]\n',
      'c.yaml': 'volumes:\n  data:\n',
    });
    expect(await project.fig('-f', 'a.yaml', 'check', 'b.yaml', 'c.yaml')).toMatchObject({ code: 0, stdout: 'no problems in 3 files\n' });
    expect((await project.fig('check', 'a.yaml', 'b.yaml')).stdout).toContain('refers to undefined volume data');
  });

  test('standard input is checked, and never rewritten', async () => {
    const project = projectOf({});
    const result = await project.figWith({ stdin: wrong }, 'check', '--fix', '-');
    expect(result.code).toBe(1);
    expect(result.stdout).toMatch(/^error\[schema.unknown-key\].*\n {2}-:4:5\n/);
  });

  test('what only another profile would make wrong is a warning', async () => {
    const text = `${good}  job:\n    image: job\n    profiles: [jobs]\n    env_file: job.env\n`;
    const { code, stdout } = await projectOf({ 'compose.yaml': text }).fig('check');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^warning\[files.unreadable\]: with --profile jobs: env file .*job\.env not found/);
  });
});

describe('for machines', () => {
  test('JSON is as its schema says', async () => {
    const { code, stdout } = await projectOf({ 'compose.yaml': wrong }).fig('check', '--format', 'json');
    const records = JSON.parse(stdout);
    expect(violations(records, JSON.parse(readFileSync(join(root, 'schemas/diagnostic.json'), 'utf8')))).toEqual([]);
    expect(records[0]).toMatchObject({
      code: 'schema.unknown-key',
      severity: 'error',
      file: 'compose.yaml',
      line: 4,
      column: 5,
      hint: 'Write "restart".',
    });
    expect(code).toBe(1);
  });

  test('SARIF is one log with one run', async () => {
    const { stdout } = await projectOf({ 'compose.yaml': wrong }).fig('check', '--format', 'sarif');
    const { runs } = JSON.parse(stdout);
    expect(runs).toHaveLength(1);
    expect(runs[0].results).toHaveLength(1);
  });

  test('annotations are relative to the root of the repository', async () => {
    const project = projectOf({ 'deploy/compose.yaml': wrong });
    const { stdout } = await project.figWith(
      { cwd: 'deploy', env: { GITHUB_WORKSPACE: project.directory } },
      'check',
      '--format',
      'github',
    );
    expect(stdout).toMatch(/^::error file=deploy\/compose.yaml,line=4,endLine=4,col=5,endColumn=11,title=schema.unknown-key::.*\n$/);
  });

  test('the changes of --fix stay out of the answer', async () => {
    const { stdout, stderr } = await projectOf({ 'compose.yaml': old }).fig('check', '--fix', '--format', 'json');
    expect(JSON.parse(stdout)).toEqual([]);
    expect(stderr).toContain('+    tty: true # a terminal\n');
  });
});

describe('--fix', () => {
  test('writes, shows what it wrote, and has nothing left to do', async () => {
    const project = projectOf({ 'compose.yaml': old });
    const before = await project.figOk('config', '--hash', '*');
    const first = await project.fig('check', '--fix');
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(first.stdout).toBe(
      [
        '--- a/compose.yaml',
        '+++ b/compose.yaml',
        '@@ -1,5 +1,4 @@',
        '-version: "3.8"',
        ' services:',
        '   web:',
        '     image: nginx',
        '-    tty: yes # a terminal',
        '+    tty: true # a terminal',
        '2 mended; no problems in 1 file',
        '',
      ].join('\n'),
    );
    expect(readFileSync(join(project.directory, 'compose.yaml'), 'utf8')).toBe(mendedOld);
    expect((await project.figOk('config', '--hash', '*')).stdout).toBe(before.stdout);
    expect(await project.fig('check', '--fix')).toMatchObject({ stdout: 'no problems in 1 file\n' });
  });

  test('with --dry-run shows the changes, and says what the files are like as they are', async () => {
    const project = projectOf({ 'compose.yaml': wrong });
    const { code, stdout } = await project.fig('check', '--fix', '--dry-run');
    expect(code).toBe(1);
    expect(stdout).toMatch(/^--- a\/compose.yaml\n[\s\S]*\nerror\[schema.unknown-key\][\s\S]*\n1 can be mended; 1 error in 1 file\n$/);
    expect(readFileSync(join(project.directory, 'compose.yaml'), 'utf8')).toBe(wrong);
  });

  test.each([
    ['UTF-8 with a mark', (text: string) => Buffer.from(`\uFEFF${text}`, 'utf8')],
    ['UTF-16, small end first', (text: string) => Buffer.from(`\uFEFF${text}`, 'utf16le')],
    ['UTF-16, big end first', (text: string) => Buffer.from(`\uFEFF${text}`, 'utf16le').swap16()],
    ['line ends of Windows', (text: string) => Buffer.from(text.replaceAll('\n', '\r\n'), 'utf8')],
  ])('keeps %s', async (_, encode) => {
    const project = projectOf({});
    const path = join(project.directory, 'compose.yaml');
    writeFileSync(path, encode(old));
    await project.figOk('check', '--fix');
    expect(readFileSync(path).equals(encode(mendedOld))).toBe(true);
  });

  test('keeps the mode of a file, and a link a link', async () => {
    const project = projectOf({ 'real.yaml': old });
    const [real, link] = ['real.yaml', 'compose.yaml'].map(name => join(project.directory, name)) as [string, string];
    chmodSync(real, 0o640);
    symlinkSync('real.yaml', link);
    await project.figOk('check', '--fix');
    expect(readFileSync(real, 'utf8')).toBe(mendedOld);
    expect(statSync(real).mode & 0o777).toBe(0o640);
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
  });

  test('leaves a file alone that has changed in the meantime', async () => {
    const project = projectOf({ 'compose.yaml': good });
    const path = join(project.directory, 'compose.yaml');
    const writing = rewriteFiles([{ before: { path, text: old }, text: mendedOld }]);
    await expect(writing).rejects.toThrow(Refusal);
    await expect(writing).rejects.toThrow('it has changed since it was read');
    expect(readFileSync(path, 'utf8')).toBe(good);
  });
});

test.each(recordedProjects())('the project $name, which the reference takes, has no errors', async ({ args, options }) => {
  const { code, stdout } = await run(process.execPath, [figPath, ...args, 'check'], options('unix:///nowhere.sock'));
  expect(stdout).not.toContain('error[');
  expect(code).toBe(0);
});

// The corpus of public projects, where it lies beside the repository.
const corpus = join(root, '../shared/corpus/visible');
const isAbsent = !existsSync(corpus);
if (isAbsent) process.stderr.write('check.test.ts: no corpus beside the repository, so its cases are left out\n');

/** Cases that the reference refuses and fig takes, each with its row in docs/differences.md. */
const takenByFig = new Set(['e2e-build-ssh']);

describe.skipIf(isAbsent)('public projects', () => {
  const cases = isAbsent ? [] : readdirSync(corpus);

  test('are there', () => {
    expect(cases.length).toBeGreaterThan(200);
  });

  test.each(cases)('%s has errors where the reference refuses it alone, and means the same after --fix', async name => {
    const parent = mkdtempSync(join(tmpdir(), 'fig-corpus-'));
    onTestFinished(() => rmSync(parent, { recursive: true, force: true }));
    const directory = join(parent, name);
    cpSync(join(corpus, name, 'input'), directory, { recursive: true });
    const { args = [], env = {}, cwd = '.', dirs = [], exit } = JSON.parse(readFileSync(join(corpus, name, 'case.json'), 'utf8'));
    for (const one of dirs) mkdirSync(join(directory, one), { recursive: true });
    const here = (text: string) => text.replaceAll('${CASE_DIR}', directory);
    const environment = Object.fromEntries(Object.entries<string>(env).map(([key, value]) => [key, here(value)]));
    const call = (...command: readonly string[]) =>
      fig([...args.map(here), ...command], { workingDirectory: join(directory, cwd), environment, home: '/root' });
    const before = await call('config');
    const checked = await call('check');
    // Files of Compose v1 are none of Compose to the reference.
    const isOld = checked.stdout.includes('warning[files.old-form]') && before.code === 0;
    const isTaken = exit === 0 || takenByFig.has(name) || isOld;
    expect(checked.code).toBe(isTaken ? 0 : 1);
    await call('check', '--fix');
    if (isTaken) expect((await call('config')).stdout).toBe(before.stdout);
  });
});
