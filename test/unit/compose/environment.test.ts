// What services get from env files, label files and the project's variables.
import { describe, expect, test } from 'vitest';
import { complaints, project, type Settings } from './loading.ts';

async function web(files: Record<string, string>, settings?: Settings) {
  const found = await project(files, settings);
  return found.services['web'];
}

const service = (text: string, files: Record<string, string> = {}) => ({
  '/p/compose.yaml': `services: {web: {image: x, ${text}}}`,
  ...files,
});

describe('env files', () => {
  test('a later file wins over an earlier one, and the service over both', async () => {
    const files = service('env_file: [a, b], environment: {C: own}', { '/p/a': 'A=a\nB=a\nC=a', '/p/b': 'B=b' });
    const found = await web(files);
    expect(found?.environment).toEqual({ A: 'a', B: 'b', C: 'own' });
    expect(found).not.toHaveProperty('env_file');
  });

  test('a name without a value takes the project variable, and hides the file where there is none', async () => {
    const files = service('env_file: a, environment: {SET: , UNSET: }', { '/p/a': 'SET=file\nUNSET=file' });
    expect((await web(files, { environment: { SET: 'process' } }))?.environment).toEqual({ SET: 'process', UNSET: null });
  });

  test('expressions see the project first, then the service, then earlier lines', async () => {
    const files = service('env_file: [a, b], environment: {OWN: own}', {
      '/p/.env': 'P=project',
      '/p/a': 'P=line\nA=$P-$OWN\nLINE=1',
      '/p/b': 'B=${LINE}\n',
    });
    expect((await web(files))?.environment).toEqual({ P: 'line', A: 'project-own', LINE: '1', B: '1', OWN: 'own' });
  });

  test('format raw takes lines as they are', async () => {
    const files = service('env_file: [{path: a, format: raw}]', { '/p/a': 'A="$B" # c' });
    expect((await web(files))?.environment).toEqual({ A: '"$B" # c' });
  });

  test('a file that need not be there may be missing', async () => {
    expect((await web(service('env_file: [{path: no, required: false}]')))?.environment).toBeUndefined();
  });

  test('only files of services that take part are read', async () => {
    const files = { '/p/compose.yaml': 'services: {web: {image: x}, off: {image: y, profiles: [p], env_file: no}}' };
    expect(await complaints(files)).toEqual([]);
    expect(await complaints(files, { profiles: ['p'], services: ['web'] })).toEqual([]);
    expect(await complaints(files, { profiles: ['p'] })).toHaveLength(1);
  });

  test('without resolution they stay', async () => {
    const found = await web(service('env_file: no'), { skip: { envResolution: true } });
    expect(found?.env_file).toEqual([{ path: '/p/no', required: true }]);
  });

  test.each([
    ['env_file: no', 'files.unreadable /p/compose.yaml:1:38 env file /p/no not found: stat /p/no: no such file or directory'],
    ['env_file: [{path: a, format: toml}]', 'value.invalid /p/compose.yaml:1:57 unsupported env_file format "toml"'],
    ['label_file: no', 'files.unreadable /p/compose.yaml:1:40 label file /p/no not found: stat /p/no: no such file or directory'],
    ['env_file: broken', 'dotenv.syntax /p/broken:2:1 failed to read /p/broken: line 2: key cannot contain a space'],
  ])('%s is refused', async (text, expected) => {
    expect(await complaints(service(text, { '/p/a': '', '/p/broken': 'A=1\nB C=1' }))).toEqual([expected]);
  });
});

test('labels of the service win over those of its label files, which stay listed', async () => {
  const files = service('label_file: [a, b], labels: {l: own}', { '/p/a': 'l=a\nm=a', '/p/b': 'm=b\nn=${m}-${P}' });
  const found = await web(files, { environment: { P: 'unseen' } });
  expect(found).toMatchObject({ labels: { l: 'own', m: 'b', n: 'b-' }, label_file: ['/p/a', '/p/b'] });
});

test('list items and build args without a value take the project variable', async () => {
  const files = service('environment: [A, B, C=c], build: {args: [A, B]}');
  const found = await web(files, { environment: { A: 'a' } });
  expect(found?.environment).toEqual({ A: 'a', B: null, C: 'c' });
  expect(found?.build?.args).toEqual({ A: 'a' });
});

test('secrets and configs from variables have a value, others have none', async () => {
  const text = `
services: {web: {image: x, secrets: [s, n, f], configs: [c]}}
secrets: {s: {environment: S}, n: {environment: NOPE}, f: {file: ./f}}
configs: {c: {environment: S}}
`;
  const found = await project(text, { environment: { S: 'hidden' } });
  expect(found.secrets).toMatchObject({ s: { environment: 'S', value: 'hidden' }, f: { file: '/p/f' } });
  expect(found.secrets['n']).not.toHaveProperty('value');
  expect(found.configs['c']).toMatchObject({ value: 'hidden' });
});
