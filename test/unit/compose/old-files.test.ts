// Files of Fig and of Compose v1: what counts as one, what becomes of it, and that the author's text stays the place of every complaint.
import { describe, expect, test } from 'vitest';
import { complaints, load, project, type Settings } from './loading.ts';

const v1 = (text: string) => ({ '/p/docker-compose.yml': text });
const fig = (text: string) => ({ '/p/fig.yml': text });

/** The services of a project, as far as tests look at them. */
async function services(files: Record<string, string>, settings?: Settings) {
  return (await project(files, settings)).services;
}

const note = (file: string, kind: string, place = '1:1') =>
  `files.old-form /p/${file}:${place} read as a file of ${kind}, with services at the top level`;

describe('what counts as an old file', () => {
  test.each([
    ['an image', 'web: {image: a}'],
    ['a build', 'web: {build: .}'],
    ['a service it extends', 'web: {extends: {service: base}}\nbase: {image: a}'],
    ['a service that is called as a section is', 'volumes: {image: a}\nname: {build: .}'],
    ['the version that had no services key', 'version: "1"\nweb: {image: a}'],
    ['a service called version', 'version: {image: a}'],
  ])('every mapping has %s', async (_, text) => {
    expect(await complaints(v1(text))).toEqual([expect.stringMatching(/^files\.old-form /)]);
  });

  test.each([
    'networks: [a]',
    'healthcheck: {test: a}',
    'depends_on: [web]',
    'deploy: {}',
    'configs: []',
    'secrets: []',
    'profiles: [a]',
    'logging: {driver: none}',
    'init: true',
  ])('not one with %s, which is younger: services: is missing', async key => {
    expect(await complaints(v1(`web:\n  image: a\n  user: b\n  ${key}\n`))).toEqual([
      `schema.unknown-key /p/docker-compose.yml:1:1 additional properties 'web' not allowed: "services:" is missing above it`,
    ]);
  });

  test.each([
    'version: "2"\nweb: {image: a}',
    'web: {image: a}\nvolumes: {data: {}}',
    'web: {image: a}\ndb: {user: b}',
    'web: {build: {}}',
  ])('not %j', async text => {
    const found = await complaints(v1(text));
    expect(found.filter(one => one.startsWith('files.old-form'))).toEqual([]);
    expect(found.some(one => one.startsWith('schema.unknown-key'))).toBe(true);
  });

  test('a misspelt key makes no young file of an old one, and is named at its place', async () => {
    expect(await complaints(v1('web:\n  image: a\n  prots: ["80"]\n'))).toEqual([
      note('docker-compose.yml', 'Compose v1'),
      `schema.unknown-key /p/docker-compose.yml:3:3 services.web: additional properties 'prots' not allowed`,
    ]);
  });

  test('a misspelt key that would mark a service is named itself, beside a service that is marked', async () => {
    const loaded = await load(v1('web: {imgae: x}\ndb: {image: y}\n'));
    const errors = loaded.ok ? [] : loaded.diagnostics.filter(({ severity }) => severity === 'error');
    expect(errors.map(({ message, hint }) => [message, hint])).toEqual([
      ["services.web: additional properties 'imgae' not allowed", 'Write "image".'],
    ]);
    expect(await complaints(v1('web: {imgae: x}\n'))).not.toContainEqual(expect.stringMatching(/^files.old-form/));
  });

  test('the note names what is read with the converted file if it stays, and another name where the first is taken', async () => {
    const hint = async (...names: string[]) => {
      const loaded = await load(Object.fromEntries(names.map(name => [`/p/${name}`, 'web: {image: a}'])));
      return loaded.ok ? loaded.warnings.map(warning => warning.hint) : [];
    };
    expect(await hint('docker-compose.yml')).toEqual(['Convert it with "fig config -o compose.yaml".']);
    expect(await hint('docker-compose.yml', 'docker-compose.override.yml')).toEqual([
      'Convert them with "fig config -o compose.yaml", and put docker-compose.yml and docker-compose.override.yml away.',
    ]);
    expect(await hint('compose.yaml')).toEqual([
      'Convert it with "fig config -o compose.new.yaml", and put compose.new.yaml in the place of compose.yaml.',
    ]);
    expect(await hint('compose.yaml', 'compose.override.yaml')).toEqual([
      'Convert them with "fig config -o compose.new.yaml", put compose.override.yaml away, and put compose.new.yaml in the place of compose.yaml.',
    ]);
  });

  test('one over a file of today, which may be the converted one, is refused with what to do', async () => {
    const files = { '/p/compose.yaml': 'services: {web: {image: a}}', '/p/docker-compose.override.yml': 'web: {environment: {A: "1"}}' };
    const loaded = await load(files);
    expect(loaded.ok ? [] : loaded.diagnostics).toMatchObject([
      {
        message: `additional properties 'web' not allowed: "services:" is missing above it`,
        hint: expect.stringMatching(/^Put docker-compose.override.yml, a file of Compose v1 over one of today, away/),
      },
    ]);
  });

  test('what the reference takes is no old file, whatever it is called', async () => {
    const files = {
      '/p/compose.yaml': 'services: {web: {image: a, volumes: [build:/d]}}',
      '/p/fig.yml': 'volumes: {build: {driver: local}}',
    };
    expect(await complaints(files, { files: ['compose.yaml', 'fig.yml'] })).toEqual([]);
    const modern = { '/p/fig.yml': 'services: {web: {image: "a:${TAG-b}"}}' };
    expect(await complaints(modern, { files: ['fig.yml'] })).toEqual([]);
    expect((await services(modern, { files: ['fig.yml'] }))['web']?.image).toBe('a:b');
  });

  test('a file called fig.yml is one also with young keys, or with nothing that says what it is', async () => {
    expect(await complaints(fig('web: {image: a, networks: [n]}\nnetworks: {n: {}}'))).toEqual([note('fig.yml', 'Fig 1.0')]);
    expect(await complaints(fig('web: {user: a}'))).toEqual([
      note('fig.yml', 'Fig 1.0'),
      'project.inconsistent /p/fig.yml:1:1 service "web" has neither an image nor a build context specified',
    ]);
  });

  test('a file over an old one is one too, where it names the same services, and one note is enough', async () => {
    const files = {
      '/p/docker-compose.yml': 'web: {image: a}\ndb: {image: b}',
      '/p/docker-compose.override.yml': 'web: {environment: {A: "1"}, net: "container:db"}',
    };
    expect(await complaints(files)).toEqual([note('docker-compose.yml', 'Compose v1')]);
    expect((await services(files))['web']).toMatchObject({ image: 'a', environment: { A: '1' }, network_mode: 'service:db' });
  });

  test('files of today and old files go together', async () => {
    const files = { '/p/compose.yaml': 'services: {web: {image: a, healthcheck: {test: a}}}', '/p/old.yml': 'web: {image: b, net: none}' };
    expect((await services(files, { files: ['compose.yaml', 'old.yml'] }))['web']).toMatchObject({
      image: 'b',
      network_mode: 'none',
      healthcheck: { test: ['CMD-SHELL', 'a'] },
    });
  });

  test('what a file of today includes or extends has to be of today, as for the reference', async () => {
    const old = 'web: {image: a}';
    expect(await complaints({ '/p/compose.yaml': 'include: [old.yml]', '/p/old.yml': old })).toContainEqual(
      expect.stringMatching(/^schema\.unknown-key \/p\/old\.yml:1:1 additional properties 'web' not allowed/),
    );
    const extending = 'services: {a: {extends: {file: old.yml, service: web}}}';
    expect(await complaints({ '/p/compose.yaml': extending, '/p/old.yml': old })).toEqual([
      'extends.syntax /p/compose.yaml:1:32 cannot extend a service of /p/old.yml: no services section',
    ]);
  });
});

describe('what becomes of', () => {
  test('build and dockerfile', async () => {
    const found = await services(v1('a: {build: x, dockerfile: F}\nb: {build: y}'));
    expect(found).toMatchObject({ a: { build: { context: '/p/x', dockerfile: 'F' } }, b: { build: { context: '/p/y' } } });
  });

  test('net', async () => {
    const text = `a: {image: i, net: host}\nb: {image: i, net: none}\nc: {image: i, net: bridge}\nd: {image: i, net: "container:a"}\ne: {image: i, net: "container:x"}`;
    const modes = Object.values(await services(v1(text))).map(({ network_mode }) => network_mode);
    expect(modes).toEqual(['host', 'none', 'bridge', 'service:a', 'container:x']);
  });

  test('volumes_from: a service, else a container', async () => {
    const found = await services(v1('a: {image: i}\nb: {image: i, volumes_from: [a, "a:ro", x, "y:ro"]}'));
    expect(found['b']?.volumes_from).toEqual(['a', 'a:ro', 'container:x', 'container:y:ro']);
  });

  test('log_driver and log_opt, also one of them alone', async () => {
    const found = await services(
      v1('a: {image: i, log_driver: syslog, log_opt: {tag: t}}\nb: {image: i, log_driver: none}\nc: {image: i, log_opt: {x: y}}'),
    );
    expect(Object.values(found).map(({ logging }) => logging)).toEqual([
      { driver: 'syslog', options: { tag: 't' } },
      { driver: 'none' },
      { options: { x: 'y' } },
    ]);
  });

  test('named volumes: they are declared under their own names, with the driver of the service, and kept', async () => {
    const text =
      'a: {image: i, volumes: ["data:/d", "/h:/h", "./r:/r:ro", /anon], volume_driver: d}\nb: {image: i, volumes: ["data:/x:ro"]}';
    const found = await project(v1(text));
    expect(found.volumes).toEqual({ data: { name: 'data', driver: 'd' } });
    expect(found.fig).toEqual({ keep: ['data'], once: [] });
    expect(found.services['a']?.volumes?.map(({ type, source }) => [type, source])).toEqual([
      ['volume', 'data'],
      ['bind', '/h'],
      ['bind', '/p/r'],
      ['volume', undefined],
    ]);
  });

  test('a source from a variable: a path of the host or a volume, as its value says', async () => {
    const files = v1('a: {image: i, volumes: ["${WHERE}:/d"]}');
    expect((await project(files, { environment: { WHERE: '/h' } })).volumes).toEqual({});
    expect((await project(files, { environment: { WHERE: 'v' } })).volumes).toEqual({ v: { name: 'v' } });
  });

  test('env_file: its lines are taken as they are', async () => {
    const files = { ...v1('a: {image: i, env_file: e}\nb: {image: i, env_file: [e]}'), '/p/e': 'A="$X"' };
    const found = await services(files);
    expect(Object.values(found).map(({ environment }) => environment)).toEqual([{ A: '"$X"' }, { A: '"$X"' }]);
  });

  test('environment without values: from outside, or unset', async () => {
    const found = await services(v1('a: {image: i, environment: [A, B, "C="]}\nb: {image: i, environment: {A: , C: ""}}'), {
      environment: { A: '1' },
    });
    expect(found['a']?.environment).toEqual({ A: '1', B: null, C: '' });
    expect(found['b']?.environment).toEqual({ A: '1', C: '' });
  });

  test('links: they order the start, and their aliases stay', async () => {
    expect((await services(v1('a: {image: i, links: ["b:c"]}\nb: {image: i}')))['a']).toMatchObject({
      links: ['b:c'],
      depends_on: { b: { condition: 'service_started' } },
    });
  });
});

describe('a $', () => {
  const text = 'a: {image: i, command: "echo $HOME $${X} ${Y-y}"}';

  test('is literal in a file of Fig', async () => {
    expect((await services(fig(text), { environment: { HOME: '/h' } }))['a']?.command).toEqual(['echo', '$HOME', '$${X}', '${Y-y}']);
    const loaded = await load(fig(text), { skip: { interpolation: true } });
    expect(loaded.ok && loaded.variables).toEqual([]);
  });

  test('begins a variable in a file of Compose v1', async () => {
    expect((await services(v1(text), { environment: { HOME: '/h' } }))['a']?.command).toEqual(['echo', '/h', '${X}', 'y']);
  });
});

describe('extends', () => {
  test('follows files, and an image takes the place of a build', async () => {
    const files = {
      ...v1(
        'web: {extends: {file: base.yml, service: base}, image: a}\ntask: {extends: {file: base.yml, service: base}, environment: {A: "2"}}',
      ),
      '/p/base.yml': 'base: {build: x, environment: {A: "1"}, log_driver: none}',
    };
    const found = await services(files);
    expect(found['web']).toMatchObject({ image: 'a', environment: { A: '1' }, logging: { driver: 'none' } });
    expect(found['web']).not.toHaveProperty('build');
    expect(found['task']).toMatchObject({ build: { context: '/p/x' }, environment: { A: '2' } });
  });

  test.each([
    ['links', 'links: [x]'],
    ['volumes_from', 'volumes_from: [x]'],
    ['net', 'net: "container:x"'],
  ])('refuses a service with %s, with both places', async (key, line) => {
    const loaded = await load(v1(`a:\n  extends: {service: b}\nb:\n  image: i\n  ${line}\nx: {image: i}\n`));
    const found = loaded.ok ? [] : loaded.diagnostics.filter(({ code }) => code === 'extends.bound-service');
    expect(found.map(({ message }) => message)).toEqual([
      `cannot extend service "b" in /p/docker-compose.yml: services with "${key}" cannot be extended`,
    ]);
    expect(found[0]?.span?.file.text.slice(found[0].span.start, found[0].span.end)).toBe('b');
    expect(found[0]?.related).toHaveLength(1);
  });

  test('says nothing of the circle that the refused links would make', async () => {
    expect(await complaints(v1('web: {extends: {service: base}}\nbase: {image: x, links: [web]}\n'))).toEqual([
      note('docker-compose.yml', 'Compose v1'),
      'extends.bound-service /p/docker-compose.yml:1:26 cannot extend service "base" in /p/docker-compose.yml: services with "links" cannot be extended',
    ]);
  });

  test('takes such a service in a file of today, as the reference does', async () => {
    const text = 'services: {a: {extends: {service: b}}, b: {image: i, links: [x]}, x: {image: i}}';
    expect((await services({ '/p/compose.yaml': text }))['a']?.links).toEqual(['x']);
  });
});

test('complaints point at the text of the author', async () => {
  expect(await complaints(v1('web:\n  image: a\n  net: [x]\n  log_opt: 3\n  volumes: ["aa:bb:cc:dd"]\n'))).toEqual([
    note('docker-compose.yml', 'Compose v1'),
    'schema.type /p/docker-compose.yml:3:8 services.web.network_mode: must be a string, not a list',
    'schema.type /p/docker-compose.yml:4:12 services.web.logging.options: must be a mapping, not the number 3',
    'value.invalid /p/docker-compose.yml:5:13 services.web.volumes[0]: invalid spec: aa:bb:cc:dd: too many colons',
  ]);
});
