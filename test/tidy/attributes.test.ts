// An attribute of the Compose language is known in its row of the attribute table, in the model and in the payload. Elsewhere its name
// stands only where the rule is about that very attribute, and this list says why. It is meant to shrink.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { filesBelow, place, root, withoutComments } from '../rig/sources.ts';

/** File → the attributes it names, and why it must. */
const reasons: Readonly<Record<string, readonly [names: string, because: string]>> = {
  'src/compose/assembly.ts': ['name services', 'the root of a document: files and resources are put together section by section'],
  'src/compose/discover.ts': ['config environment file', 'words for where a name came from, not attributes'],
  'src/compose/dotenv.ts': ['format required', 'words of the ${NAME:?} grammar'],
  'src/compose/environment.ts': [
    'configs env_file environment format label_file path secrets services',
    'this pass reads env files and label files: it is about these attributes and no other',
  ],
  'src/compose/extends.ts': ['extends file service services', 'this pass is extends'],
  'src/compose/include.ts': [
    'configs env_file file include models networks path project_directory secrets services volumes',
    'this pass is include',
  ],
  'src/compose/interpolate.ts': ['environment required', 'words of the ${NAME:?} grammar, and the name of a source of variables'],
  'src/compose/load.ts': ['environment', 'the name of a source of variables'],
  'src/compose/normalise.ts': [
    'args build cgroup condition configs context depends_on dockerfile dockerfile_inline environment external image ipc links name network_mode networks pid pre_start provider pull_policy required restart secrets services target uts volumes volumes_from',
    'values that one attribute implies for another: each rule is about the pair of them',
  ],
  'src/compose/old-files.ts': ['services version', 'the outline of a file: what its top level is'],
  'src/compose/paths.ts': ['watch', 'a kind of path, named for the one attribute that has it'],
  'src/compose/profiles.ts': ['depends_on volume', 'what is switched on takes its dependencies and its resources along'],
  'src/compose/references.ts': [
    'additional_contexts build cgroup config configs container_name cpus depends_on develop dockerfile dockerfile_inline healthcheck ipc mem_limit mem_reservation model models network network_mode networks pid pids_limit platform platforms restart scale secrets services source start_interval start_period target test tmpfs uts volume volumes watch',
    'attributes that name something elsewhere, or contradict each other: each check is about the pair of them',
  ],
  'src/compose/suspicions.ts': [
    'bind build condition configs context create_host_path depends_on dockerfile environment file host_ip image network_mode ports secrets services volumes',
    'each suspicion is about these attributes and what they make together',
  ],
  'src/compose/template.ts': ['format required', 'words of the ${NAME:?} grammar'],
  'src/compose/x-fig.ts': ['services volumes', 'x-fig stands in services, and names volumes'],
  'src/api/run.ts': ['cap_add cap_drop container_name post_start restart_policy', 'run replaces these for the one-off container'],
  'src/cli/commands/config.ts': ['depends_on pre_start', 'config --images and --no-consistency ask for them'],
  'src/engine/observe.ts': ['pre_start', 'images of these containers are asked for too'],
  'src/execute/failure.ts': ['depends_on pre_start', 'the place that a failed dependency or hook is blamed on'],
  'src/execute/hints.ts': ['host_ip', 'which published port the engine meant'],
  'src/execute/operations/building.ts': [
    'additional_contexts cache_from cache_to dockerfile_inline extra_hosts no_cache no_cache_filter shm_size',
    "the builder's own options: what a payload is for the engine, this is for buildx",
  ],
  'src/execute/operations/pre-start.ts': ['pre_start', 'the hook that is run'],
  'src/execute/operations/hooks.ts': ['pre_stop working_dir', 'the hook that is run'],
  'src/plan/hash.ts': ['network_mode volumes_from', 'the hash holds the ids of the containers that these name'],
  'src/plan/images.ts': ['additional_contexts pre_start pull_policy', 'whether an image is pulled or built, and after which'],
  'src/plan/lifecycle.ts': ['post_start', 'steps of their own, after a restart'],
  'src/plan/obstacles.ts': ['container_name depends_on interface_name', 'what the plan cannot do'],
  'src/plan/operation.ts': ['post_start pre_stop', 'the operation that runs them'],
  'src/plan/pre-start.ts': ['pre_start', 'steps of their own, before a start'],
  'src/plan/removals.ts': ['container_name', 'the name that a container is given back'],
  'src/plan/starting.ts': ['depends_on host_ip post_start', 'order of starting'],
  'src/plan/stopping.ts': ['post_start pre_stop', 'steps of their own'],
  'src/plan/targets.ts': ['depends_on', 'what a one-off container waits for'],
};

/** Places that define the language. */
const atHome = /^src\/(?:model|compose\/attributes|engine\/payload)\/|^src\/compose\/project\.ts$/;

function attributeNames(): ReadonlySet<string> {
  const names = new Set<string>();
  const walk = (node: unknown): void => {
    if (Array.isArray(node)) for (const item of node) walk(item);
    else if (node !== null && typeof node === 'object')
      for (const [key, value] of Object.entries(node)) {
        if (key === 'properties' && value !== null && typeof value === 'object') for (const name of Object.keys(value)) names.add(name);
        walk(value);
      }
  };
  walk(JSON.parse(readFileSync(join(root, 'schemas/compose-spec.json'), 'utf8')));
  return names;
}

const names = attributeNames();
/** In the passes of the loader every name counts; elsewhere those that cannot be ordinary words (`image`, `path`, `name` are). */
const counts = (path: string, name: string) => names.has(name) && (path.startsWith('src/compose/') || name.includes('_'));

const uses = filesBelow('src')
  .filter(({ path }) => !atHome.test(path))
  .flatMap(source => {
    const literals = /'([a-z0-9_]+)'/g;
    const accesses = /\.([a-z0-9]+_[a-z0-9_]+)\b(?!\()/g;
    const code = withoutComments(source.text);
    return [...code.matchAll(literals), ...code.matchAll(accesses)].flatMap(match =>
      counts(source.path, match[1] ?? '') ? [{ path: source.path, name: match[1] ?? '', place: place(source, match.index) }] : [],
    );
  });

test('the schema names the attributes', () => {
  expect(names.size).toBeGreaterThan(150);
  for (const name of ['depends_on', 'ports', 'cap_add']) expect(names).toContain(name);
});

test('no attribute is named where no rule is about it', () => {
  const unexplained = uses.filter(({ path, name }) => !reasons[path]?.[0].split(' ').includes(name));
  expect(unexplained.map(({ place, name }) => `${place} ${name}`)).toEqual([]);
});

test('the list of reasons holds nothing that is gone', () => {
  const gone = Object.entries(reasons).flatMap(([path, [listed]]) =>
    listed.split(' ').flatMap(name => (uses.some(use => use.path === path && use.name === name) ? [] : [`${path} ${name}`])),
  );
  expect(gone).toEqual([]);
});
