// Which files make the project, which folder is its own, which variables it knows, and what it is called.
import { describe, expect, test } from 'vitest';
import { complaints, load, project, type Settings } from './loading.ts';

const web = 'services: {web: {image: "web:${TAG-none}"}}';
const empty = 'services: {}';

async function image(files: Record<string, string>, settings?: Settings): Promise<string | undefined> {
  return (await project(files, settings)).services['web']?.image;
}

describe('files', () => {
  test.each([
    [['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml'], 'compose.yaml'],
    [['compose.yml', 'docker-compose.yml', 'docker-compose.yaml'], 'compose.yml'],
    [['docker-compose.yml', 'docker-compose.yaml'], 'docker-compose.yml'],
    [['docker-compose.yaml'], 'docker-compose.yaml'],
  ])('of %j, %s is used', async (names, winner) => {
    const files = Object.fromEntries(names.map(name => [`/p/${name}`, empty]));
    expect((await project(files)).files).toEqual([`/p/${winner}`]);
    const found = await complaints(files);
    expect(found).toEqual(
      names.length === 1
        ? []
        : [`files.several - Found multiple config files with supported names: ${names.map(name => `/p/${name}`).join(', ')}`],
    );
  });

  test('an override of the same folder is added, .yml before .yaml', async () => {
    const files = { '/p/docker-compose.yml': empty, '/p/compose.override.yaml': empty, '/p/compose.override.yml': empty };
    expect((await project(files)).files).toEqual(['/p/docker-compose.yml', '/p/compose.override.yml']);
    expect(await complaints(files)).toHaveLength(1);
  });

  test('the folders above are searched, and theirs is the project directory', async () => {
    const found = await project({ '/up/compose.yaml': empty, '/up/compose.override.yml': empty }, { workingDirectory: '/up/a/b' });
    expect(found).toMatchObject({ files: ['/up/compose.yaml', '/up/compose.override.yml'], directory: '/up', name: 'up' });
  });

  test('a file of Fig is taken from the working directory, where none of the four names is found here or above', async () => {
    const old = 'web: {image: a}';
    const files = { '/up/p/fig.yml': old, '/up/p/fig.yaml': old, '/up/p/compose.override.yaml': empty };
    const here = { workingDirectory: '/up/p' };
    expect(await project(files, here)).toMatchObject({ files: ['/up/p/fig.yml'], directory: '/up/p', name: 'p' });
    expect((await project({ '/up/p/fig.yaml': old }, here)).files).toEqual(['/up/p/fig.yaml']);
    expect((await project({ ...files, '/up/docker-compose.yaml': empty }, here)).files).toEqual(['/up/docker-compose.yaml']);
    expect((await project({ ...files, '/up/p/compose.yml': empty }, here)).files[0]).toBe('/up/p/compose.yml');
    expect(await complaints(files, { workingDirectory: '/up/p/below' })).toEqual([
      'files.none - no configuration file provided: not found',
    ]);
  });

  test('a file of Fig is found where it is named, by -f or COMPOSE_FILE', async () => {
    const files = { '/p/compose.yaml': empty, '/q/fig.yml': 'web: {image: "$a"}' };
    const named = await project(files, { files: ['../q/fig.yml'] });
    expect(named).toMatchObject({ files: ['/q/fig.yml'], directory: '/q', services: { web: { image: '$a' } } });
    expect((await project(files, { environment: { COMPOSE_FILE: '/q/fig.yml' } })).files).toEqual(['/q/fig.yml']);
  });

  test('nothing found is said', async () => {
    expect(await complaints({})).toEqual(['files.none - no configuration file provided: not found']);
  });

  test('files that are named need no usual name and get no override', async () => {
    const files = { '/p/a.yaml': empty, '/p/sub/b.yaml': empty, '/p/compose.yaml': empty, '/p/compose.override.yaml': empty };
    expect(await project(files, { files: ['sub/b.yaml', '/p/a.yaml'] })).toMatchObject({
      files: ['/p/sub/b.yaml', '/p/a.yaml'],
      directory: '/p/sub',
      name: 'sub',
    });
  });

  test('COMPOSE_FILE names files, cut at the separator of the system or at one of its own', async () => {
    const files = { '/p/a.yaml': empty, '/p/b.yaml': empty };
    const paths = ['/p/a.yaml', '/p/b.yaml'];
    expect((await project(files, { environment: { COMPOSE_FILE: 'a.yaml:b.yaml' } })).files).toEqual(paths);
    expect((await project(files, { environment: { COMPOSE_FILE: 'a.yaml,b.yaml', COMPOSE_PATH_SEPARATOR: ',' } })).files).toEqual(paths);
    expect((await project({ ...files, '/p/.env': 'COMPOSE_FILE=b.yaml' })).files).toEqual(['/p/b.yaml']);
    expect((await project(files, { environment: { COMPOSE_FILE: 'a.yaml' }, files: ['b.yaml'] })).files).toEqual(['/p/b.yaml']);
  });

  test('files that are not there are all reported, with who named them', async () => {
    expect(await complaints({ '/p/x/a.yaml': empty }, { files: ['no.yaml', 'x'] })).toEqual([
      'files.unreadable - compose file "/p/no.yaml" is invalid: open /p/no.yaml: no such file or directory',
      'files.unreadable - compose file "/p/x" is invalid: /p/x is a directory',
    ]);
    expect(await complaints({}, { environment: { COMPOSE_FILE: 'no.yaml' } })).toEqual([
      'files.unreadable - compose file "no.yaml" set by COMPOSE_FILE environment variable is invalid: stat /p/no.yaml: no such file or directory',
    ]);
  });

  test('standard input is a file of the working directory', async () => {
    expect(await project({ '-': web }, { files: ['-'] })).toMatchObject({ files: ['-'], directory: '/p', name: 'p' });
    expect(await project({ '-': web, '/q/b.yaml': empty }, { files: ['-', '/q/b.yaml'] })).toMatchObject({ directory: '/q' });
  });

  test('files of repositories and registries are not yet read', async () => {
    expect(await complaints({}, { files: ['https://example.com/x.git'] })).toMatchObject([expect.stringMatching(/^request.not-yet /)]);
    expect(await complaints({}, { environment: { COMPOSE_FILE: 'oci://x/y', COMPOSE_PATH_SEPARATOR: ',' } })).toContainEqual(
      expect.stringMatching(/^request.not-yet /),
    );
  });

  test('a project directory that is given changes what paths mean, and where files are looked for', async () => {
    const files = { '/p/a.yaml': 'services: {web: {image: x, env_file: e}}', '/q/e': 'A=1', '/q/compose.yaml': empty };
    expect(await project(files, { files: ['a.yaml'], projectDirectory: '/q' })).toMatchObject({
      directory: '/q',
      name: 'q',
      services: { web: { environment: { A: '1' } } },
    });
    expect((await project(files, { projectDirectory: '../q' })).files).toEqual(['/q/compose.yaml']);
  });
});

describe('variables', () => {
  test('the process wins over .env', async () => {
    const files = { '/p/compose.yaml': web, '/p/.env': 'TAG=file' };
    expect(await image(files)).toBe('web:file');
    expect(await image(files, { environment: { TAG: 'process' } })).toBe('web:process');
  });

  test('.env of the working directory wins over that of the folder the file was found in', async () => {
    const files = { '/p/compose.yaml': web, '/p/.env': 'TAG=above\nOTHER=above', '/p/sub/.env': 'TAG=here' };
    const found = await project(files, { workingDirectory: '/p/sub' });
    expect(found.services['web']?.image).toBe('web:here');
    expect(found.environment['OTHER']).toBe('above');
  });

  test('with -f, the .env beside the first file is read, and not that of the working directory', async () => {
    const files = { '/p/sub/a.yaml': web, '/p/.env': 'TAG=cwd', '/p/sub/.env': 'TAG=sub' };
    expect(await image(files, { files: ['sub/a.yaml'] })).toBe('web:sub');
  });

  test('env files that are asked for replace .env, later ones win, and ~ is home', async () => {
    const files = { '/p/compose.yaml': web, '/p/.env': 'TAG=usual', '/p/one': 'TAG=one', '/root/two': 'TAG=two' };
    expect(await image(files, { envFiles: ['one'] })).toBe('web:one');
    expect(await project(files, { envFiles: ['one', '~/two'] })).toMatchObject({ envFiles: ['/p/one', '/root/two'] });
    expect(await image(files, { envFiles: ['one', '~/two'] })).toBe('web:two');
    expect(await image(files, { environment: { COMPOSE_ENV_FILES: 'one,,/root/two' } })).toBe('web:two');
    expect(await complaints(files, { envFiles: ['no'] })).toEqual(["files.unreadable - couldn't find env file: /p/no"]);
  });

  test('COMPOSE_DISABLE_ENV_FILE leaves .env out, and must be a boolean', async () => {
    const files = { '/p/compose.yaml': web, '/p/.env': 'TAG=file' };
    expect(await image(files, { environment: { COMPOSE_DISABLE_ENV_FILE: '1' } })).toBe('web:none');
    expect(await image(files, { environment: { COMPOSE_DISABLE_ENV_FILE: 'false' } })).toBe('web:file');
    expect(await complaints(files, { environment: { COMPOSE_DISABLE_ENV_FILE: 'perhaps' } })).toHaveLength(1);
  });

  test('settings of Compose in .env hold', async () => {
    const text = 'services: {web: {image: x, profiles: [a]}, db: {image: y, profiles: [b]}}';
    const files = { '/p/compose.yaml': text, '/p/.env': 'COMPOSE_PROFILES=b, c\nCOMPOSE_PROJECT_NAME=named\nCOMPOSE_COMPATIBILITY=yes' };
    const found = await project(files);
    expect(Object.keys(found.services)).toEqual(['db']);
    expect(found).toMatchObject({ name: 'named', nameFrom: 'environment', profiles: ['b', 'c'] });
    expect(found.compatibility).toBeUndefined();
    expect((await project({ ...files, '/p/.env': 'COMPOSE_COMPATIBILITY=True' })).compatibility).toBe(true);
    expect(Object.keys((await project(files, { profiles: ['a'] })).services)).toEqual(['web']);
  });

  test('PWD is there even where the process has none, and the name of the project is known to files', async () => {
    const found = await project({ '/p/compose.yaml': 'services: {web: {image: "${PWD}/${COMPOSE_PROJECT_NAME}"}}' });
    expect(found.services['web']?.image).toBe('/p/p');
    expect(found.environment['COMPOSE_PROJECT_NAME']).toBe('p');
  });

  test('mistakes of .env stop the load', async () => {
    expect(await complaints({ '/p/compose.yaml': web, '/p/.env': 'A B=1' })).toEqual([
      'dotenv.syntax /p/.env:1:1 failed to read /p/.env: line 1: key cannot contain a space',
    ]);
  });
});

describe('name', () => {
  const files = { '/Up_.Here-1/compose.yaml': 'name: From.File\nservices: {}' };
  const settings = { workingDirectory: '/Up_.Here-1' };

  test('the flag wins over the variable, that over the file, that over the folder', async () => {
    const environment = { COMPOSE_PROJECT_NAME: 'variable' };
    expect(await project(files, { ...settings, environment, projectName: 'flag' })).toMatchObject({ name: 'flag', nameFrom: 'flag' });
    expect(await project(files, { ...settings, environment })).toMatchObject({ name: 'variable', nameFrom: 'environment' });
    expect(await project(files, settings)).toMatchObject({ name: 'fromfile', nameFrom: 'file' });
    expect(await project({ '/Up_.Here-1/compose.yaml': empty }, settings)).toMatchObject({ name: 'up_here-1', nameFrom: 'directory' });
  });

  test('the last file that has a name gives it, and it may hold variables', async () => {
    const files = { '/p/a.yaml': 'name: a\nservices: {}', '/p/b.yaml': 'name: b-$X\n---\nname: c-$X', '/p/c.yaml': 'services: {}' };
    expect(await project(files, { files: ['a.yaml', 'b.yaml', 'c.yaml'], environment: { X: '1' } })).toMatchObject({ name: 'c-1' });
  });

  test('a name that is given must be in normal form', async () => {
    expect(await complaints(files, { ...settings, projectName: 'Bad!' })).toEqual([
      'project.invalid-name - invalid project name "Bad!": must consist only of lowercase alphanumeric characters, hyphens, and underscores as well as start with a letter or number',
    ]);
  });

  test('a name of which nothing is left is refused', async () => {
    expect(await complaints('name: "___"\nservices: {}')).toEqual([
      'project.empty-name /p/compose.yaml:1:7 project name must not be empty',
    ]);
    expect(await complaints({ '/___/compose.yaml': empty }, { workingDirectory: '/___' })).toEqual([
      'project.empty-name - project name must not be empty',
    ]);
  });

  test('an unset variable in the name is warned of once', async () => {
    expect(await complaints('name: a$NOPE\nservices: {}')).toHaveLength(1);
  });

  test('standard input is read once', async () => {
    expect((await load({ '-': 'name: x\nservices: {}' }, { files: ['-'] })).ok).toBe(true);
  });
});
