// One tree → the files of a case: a base and overrides, includes, extended services, anchors, several documents, odd line ends.

import type { Case } from './case.ts';
import type { Random } from './random.ts';
import { dotenv, environment } from './values.ts';
import { type Entry, list, map, raw, type Tree, text, writeYaml } from './writing.ts';

type Table = Tree & { readonly kind: 'map' };

export interface Arranging {
  readonly random: Random;
  readonly services: readonly string[];
  /** Another service of that name, for overrides and bases. */
  anew(name: string): Table;
  readonly isWild: boolean;
}

const beside: Readonly<Record<string, string>> = {
  '.env': dotenv,
  'a.env': '# of the first service\nE1=one\nE2="two ${A}" # remark\nexport E3=three\nE4=\'$A\'\nA\nUNSET\nE5=a#b\n',
  'b.env': 'E1=again\nE6="multi\nline"\nE7: colon\nE8=$${A} \\$x\nE9="tab\\tx"\n',
  'raw.env': 'R1="quoted" # kept\nR2=$A\nA\n  R3= blank \n',
  'a.labels': 'l.one=1\nl.two="2 ${A}"\n',
};

const get = (tree: Table, key: string): Tree | undefined => tree.entries.find(([name]) => name === key)?.[1];
const without = (tree: Table, ...keys: readonly string[]): Table => ({
  ...tree,
  entries: tree.entries.filter(([name]) => !keys.includes(name)),
});
const withEntry = (tree: Table, key: string, value: Tree): Table => {
  const isThere = tree.entries.some(([name]) => name === key);
  return {
    ...tree,
    entries: isThere ? tree.entries.map(entry => (entry[0] === key ? [key, value] : entry)) : [...tree.entries, [key, value]],
  };
};
const isTable = (tree: Tree | undefined): tree is Table => tree?.kind === 'map';

function withService(tree: Table, name: string, change: (service: Table) => Tree): Table {
  const services = get(tree, 'services');
  const service = isTable(services) ? get(services, name) : undefined;
  return isTable(services) && isTable(service) ? withEntry(tree, 'services', withEntry(services, name, change(service))) : tree;
}

/** A service, or parts of it, said again in a later file. */
function overrideOf({ random, services, anew }: Arranging): Table {
  const names = random.some(services, 1 + random.below(2));
  const tagged = (service: Table): Table => ({
    ...service,
    entries: service.entries.map(([key, value]): Entry => {
      const roll = random.next();
      if (roll < 0.05) return [key, { ...value, before: '!override' }];
      if (roll < 0.1) return [key, raw(random.pick(['!reset null', '!reset []', '!reset {}']))];
      if (roll < 0.12) return [key, raw('null')];
      return [key, value];
    }),
  });
  return map([['services', map(names.map(name => [name, tagged(anew(name))]))]]);
}

/** Anchors on a part of one service that others take in. */
function withAnchors(tree: Table, { random, services }: Arranging): Table {
  const name = random.pick(services);
  const table = get(tree, 'services');
  const found = isTable(table) ? get(table, name) : undefined;
  const parts = isTable(found) ? found.entries.filter(([, value]) => value.kind === 'map' || value.kind === 'list') : [];
  const style = random.pick(['part', 'merge', 'merge-list', 'service'] as const);
  if (style === 'part' && parts.length > 0) {
    const [key, value] = random.pick(parts);
    return map([
      ['x-parts', map([['one', { ...value, before: '&one' }]])],
      ...withService(tree, name, service => withEntry(service, key, raw('*one'))).entries,
    ]);
  }
  if (style === 'service' || !isTable(found)) return tree;
  const moved = random.some(found.entries, 2);
  const kept = map([
    ['<<', style === 'merge' ? raw('*common') : list([raw('*common'), raw('*more')])],
    ...found.entries.filter(entry => random.chance(0.3) || !moved.includes(entry)),
  ]);
  return map([
    ['x-common', { ...map(moved), before: '&common' }],
    ['x-more', { ...map([['hostname', text('from-more')], ...moved.slice(0, 1)]), before: '&more' }],
    ...withService(tree, name, () => kept).entries,
  ]);
}

/** A base that a service extends: in the same file, or in one beside it or below. */
function withExtends(tree: Table, arranging: Arranging, files: Map<string, string>): Table {
  const { random, services, anew } = arranging;
  const name = random.pick(services);
  const base = without(anew(services[0] ?? name), 'profiles');
  const style = random.pick(['same', 'same-short', 'other', 'below', 'chain'] as const);
  if (style === 'same' || style === 'same-short') {
    const reference = style === 'same' ? map([['service', text('base')]]) : text('base');
    const extended = withService(tree, name, service => withEntry(service, 'extends', reference));
    const table = get(extended, 'services');
    return isTable(table) ? withEntry(extended, 'services', withEntry(table, 'base', base)) : extended;
  }
  const path = style === 'below' ? 'sub/base.yaml' : 'base.yaml';
  const chained =
    style === 'chain'
      ? withEntry(
          base,
          'extends',
          map([
            ['service', text('root')],
            ['file', text('./root.yaml')],
          ]),
        )
      : base;
  files.set(path, writeYaml(map([['services', map([['base', chained]])]]), random));
  if (style === 'chain')
    files.set('root.yaml', writeYaml(map([['services', map([['root', without(anew(services[0] ?? name), 'container_name')]])]]), random));
  return withService(tree, name, service =>
    withEntry(
      service,
      'extends',
      map([
        ['file', text(`./${path}`)],
        ['service', text('base')],
      ]),
    ),
  );
}

function withInclude(tree: Table, arranging: Arranging, files: Map<string, string>): Table {
  const { random, services, anew } = arranging;
  const inner = map([
    [
      'services',
      map([
        [
          'included',
          without(anew(services[0] ?? 'web'), 'container_name', 'networks', 'volumes', 'secrets', 'configs', 'models', 'depends_on'),
        ],
      ]),
    ],
  ]);
  files.set('part/compose.yaml', writeYaml(inner, random));
  files.set('part/.env', 'A=inner\nUNSET=set-in-part\n');
  files.set('part/x.env', 'UNSET_TOO=from-x\nNUM=1\n');
  for (const [path, content] of Object.entries(beside)) if (path !== '.env') files.set(`part/${path}`, content);
  const items: readonly Tree[] = [
    text('part/compose.yaml'),
    text('./part/compose.yaml'),
    map([
      ['path', text('part/compose.yaml')],
      ['env_file', text('part/x.env')],
    ]),
    map([
      ['path', list([text('part/compose.yaml')])],
      ['project_directory', text('.')],
    ]),
    map([
      ['path', list([text('part/compose.yaml'), text('part/more.yaml')])],
      ['env_file', list([text('part/x.env')])],
    ]),
  ];
  files.set('part/more.yaml', 'services:\n  included:\n    labels: {more: "1"}\n');
  return map([['include', list([random.pick(items)])], ...tree.entries]);
}

const odd = (content: string, random: Random): string => {
  const roll = random.next();
  if (roll < 0.03) return `\ufeff${content}`;
  if (roll < 0.06) return content.replaceAll('\n', '\r\n');
  if (roll < 0.08) return `---\n${content}`;
  if (roll < 0.09) return `%YAML 1.1\n---\n${content}...\n`;
  return content;
};

/** The files, arguments and variables of a case. */
export function arrange(whole: Table, arranging: Arranging): Omit<Case, 'name' | 'questions'> {
  const { random } = arranging;
  const files = new Map<string, string>(Object.entries(beside));
  const args: string[] = [];
  let tree = whole;
  if (random.chance(0.2)) tree = withAnchors(tree, arranging);
  if (random.chance(0.2)) tree = withExtends(tree, arranging, files);
  if (random.chance(0.12)) tree = withInclude(tree, arranging, files);
  let main = writeYaml(tree, random);
  if (random.chance(0.08)) main += `---\n${writeYaml(overrideOf(arranging), random)}`;
  files.set('compose.yaml', odd(main, random));
  const roll = random.next();
  if (roll < 0.15) files.set('compose.override.yaml', odd(writeYaml(overrideOf(arranging), random), random));
  else if (roll < 0.3) {
    files.set('more/over.yaml', writeYaml(overrideOf(arranging), random));
    args.push('-f', 'compose.yaml', '-f', 'more/over.yaml');
  }
  if (random.chance(0.1)) args.push('--profile', random.pick(['dev', '*', 'test', 'none']));
  if (random.chance(0.05)) args.push('--env-file', 'a.env');
  if (random.chance(0.05)) args.push('-p', random.pick(['given', 'with_1']));
  if (random.chance(0.04)) args.push('--project-directory', random.pick(['.', 'part', '/abs/place']));
  if (random.chance(0.03)) args.push('--all-resources');
  if (random.chance(0.03)) args.push('--compatibility');
  const more: Record<string, string> = random.chance(0.06) ? { COMPOSE_PROFILES: 'dev,test' } : {};
  return { files: Object.fromEntries(files), args, environment: { ...environment, ...more } };
}
