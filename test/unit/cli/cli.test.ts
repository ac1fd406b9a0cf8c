// From arguments to output and exit code, without a process: what is answered before any project is opened.
import { describe, expect, test } from 'vitest';
import { fig } from '../../rig/command-line.ts';

describe('version', () => {
  test.each([
    [['version'], 'fig version v1.2.3\n'],
    [['--version'], 'fig version v1.2.3\n'],
    [['-v'], 'fig version v1.2.3\n'],
    [['version', '--short'], '1.2.3\n'],
    [['version', '-f', 'json'], '{"version":"v1.2.3"}\n'],
    [['version', '--format', 'pretty'], 'fig version v1.2.3\n'],
  ])('%j', async (args, answer) => {
    expect(await fig(args)).toEqual({ code: 0, stdout: answer, stderr: '' });
  });

  test("called by the reference's name, fig answers with the version that it follows", async () => {
    expect((await fig(['version'], { calledAs: 'docker-compose' })).stdout).toBe('Docker Compose version v5.5.1\n');
    expect((await fig(['version', '--short'], { calledAs: 'docker-compose' })).stdout).toBe('5.5.1\n');
  });
});

describe('help', () => {
  test.each([[[]], [['--help']], [['-h']], [['help']]])('%j shows the overview', async args => {
    const { code, stdout } = await fig(args as string[]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Usage: {2}fig \[OPTIONS\] COMMAND\n/);
  });

  test.each([[['up', '--help']], [['help', 'up']], [['--help', 'up']], [['up', '-h']]])('%j shows the page of up', async args => {
    const { code, stdout } = await fig(args);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Usage: {2}fig up \[OPTIONS\] \[SERVICE\.\.\.\]\n/);
  });

  test('what follows a service of exec belongs to its command', async () => {
    const { stdout } = await fig(['exec', 'web', '--help']);
    expect(stdout).not.toContain('Usage');
  });
});

describe('what is refused with exit code 1, on stderr alone', () => {
  test.each([
    [['--x'], 'unknown flag: --x\n'],
    [['-x'], "unknown shorthand flag: 'x' in -x\n"],
    [['up', '--x'], 'unknown flag: --x\n'],
    [['config', '-f', 'compose.yaml'], "unknown shorthand flag: 'f' in -f\n"],
    [['config', '--serv'], 'unknown flag: --serv\n'],
    [['up', '--remove-orphan'], 'unknown flag: --remove-orphan\nDid you mean --remove-orphans?\n'],
    [['upp'], 'unknown command: "fig upp"\nDid you mean "up"?\nRun \'fig --help\' for all commands.\n'],
    [['convert'], 'unknown command: "fig convert"\nRun \'fig --help\' for all commands.\n'],
    [['ls', 'foo'], 'unknown command "foo" for "fig ls"\n'],
    [['exec'], 'requires at least 2 arg(s), only received 0\n'],
    [['exec', 'web'], 'requires at least 2 arg(s), only received 1\n'],
    [['run'], 'requires at least 1 arg(s), only received 0\n'],
    [['port', 'web'], 'requires at least 2 arg(s), only received 1\n'],
    [['port', 'web', 'x'], 'strconv.ParseUint: parsing "x": invalid syntax\n'],
    [['scale', 'web'], 'invalid scale specifier: web\n'],
    [['scale', 'web=x'], "invalid scale specifier: can't parse replica value as int: web=x\n"],
    [['--progress', 'foo', 'config'], 'unsupported --progress value "foo"\n'],
    [['--progress', 'tty', '--ansi', 'never', 'ps'], "can't use --progress tty while ANSI support is disabled\n"],
    [['--progress', 'plain', '--ansi', 'always', 'ps'], "can't use --progress plain while ANSI support is forced\n"],
    [['--parallel', 'abc', 'ps'], 'invalid argument "abc" for "--parallel" flag: strconv.ParseInt: parsing "abc": invalid syntax\n'],
    [['up', '--build', '--no-build'], '--build and --no-build are incompatible\n'],
    [['up', '--force-recreate', '--no-recreate'], '--force-recreate and --no-recreate are incompatible\n'],
    [['up', '-V', '--no-recreate'], '--no-recreate and --renew-anon-volumes are incompatible\n'],
    [['up', '--always-recreate-deps', '--no-recreate'], '--always-recreate-deps and --no-recreate are incompatible\n'],
    [
      ['up', '-d', '--attach', 'web'],
      '--detach cannot be combined with --abort-on-container-exit, --abort-on-container-failure, --attach, --attach-dependencies or --watch\n',
    ],
    [['up', '--wait', '--attach', 'web'], '--wait cannot be combined with --abort-on-container-exit, --attach or --attach-dependencies\n'],
    [
      ['up', '--abort-on-container-exit', '--abort-on-container-failure'],
      '--abort-on-container-failure cannot be combined with --abort-on-container-exit\n',
    ],
    [['up', '--wait-timeout', '-1'], '--wait-timeout must be a non-negative integer\n'],
    [['up', '--attach-dependencies', '--attach', 'web'], 'cannot combine --attach and --attach-dependencies\n'],
    [['up', '--pull', 'foo'], 'invalid --pull option "foo"\n'],
    [['pull', '--policy', 'foo'], 'invalid pull_policy "foo"\n'],
    [['down', '--rmi', 'foo'], 'invalid value for --rmi: "foo"\n'],
    [['run', '-p', '80:80', '-P', 'web'], '--service-ports and --publish are incompatible\n'],
    [['run', '-t', '-T', 'web'], "--tty and --no-tty can't be used together\n"],
    [['logs', '--index', '1'], '--index requires one service to be selected\n'],
    [['ps', '--filter', 'foo=bar'], 'unknown filter foo\n'],
    [['ps', '--filter', 'foo'], 'arguments to --filter should be in form KEY=VAL\n'],
    [['ls', '--filter', 'bad=x'], "invalid filter 'bad'\n"],
  ])('%j', async (args, sentence) => {
    expect(await fig(args)).toEqual({ code: 1, stdout: '', stderr: sentence });
  });

  test('commands and flags that fig does not have yet say so, and none of them is taken and ignored', async () => {
    expect(await fig(['attach', 'web'])).toEqual({ code: 1, stdout: '', stderr: '"attach" is not yet in fig\n' });
    expect(await fig(['up', '--watch'])).toEqual({ code: 1, stdout: '', stderr: '--watch is not yet in fig\n' });
    expect(await fig(['config', '--resolve-image-digests'])).toMatchObject({
      code: 1,
      stderr: '--resolve-image-digests is not yet in fig\n',
    });
  });
});

test('as a plugin of the docker command, its own name as the first word is left out', async () => {
  const environment = { DOCKER_CLI_PLUGIN_ORIGINAL_CLI_COMMAND: '/usr/bin/docker' };
  expect((await fig(['compose', 'version'], { environment })).stdout).toBe('fig version v1.2.3\n');
  expect(JSON.parse((await fig(['docker-cli-plugin-metadata'])).stdout)).toMatchObject({ SchemaVersion: '0.1.0', Version: 'v1.2.3' });
});

test('what is wrong is told as JSON where progress is, without the passwords of URLs', async () => {
  const { code, stderr } = await fig(['--progress', 'json', '-f', 'https://me:hunter2@host/shop.git', 'config']);
  expect(code).toBe(1);
  expect(JSON.parse(stderr)).toMatchObject({ error: true, message: expect.stringContaining('https://me:•••@host') });
});
