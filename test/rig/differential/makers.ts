// The table of what stands at an attribute beyond what the schema says: short forms, grammars, names that must be declared elsewhere.
// An attribute without a row is made from the schema alone.
import type { Random } from './random.ts';
import { anyScalar, anyText, boolean, duration, edges, integer, plainWords, size, word } from './values.ts';
import { list, map, raw, type Tree, text } from './writing.ts';

/** What a maker may refer to. */
export interface Setting {
  readonly random: Random;
  /** The names of each section of the case. */
  readonly names: Readonly<Record<'networks' | 'volumes' | 'secrets' | 'configs' | 'models', readonly string[]>>;
  /** Services made before this one: to depend on them makes no cycle. */
  readonly earlier: readonly string[];
  /** A number that was not given before in this case: targets of mounts and ports must differ. */
  fresh(): number;
}

/** undefined leaves the attribute out. */
export type Maker = (setting: Setting) => Tree | undefined;

const oneOf =
  (...values: readonly string[]): Maker =>
  ({ random }) =>
    text(random.pick(values));
const rawOneOf =
  (...values: readonly string[]): Maker =>
  ({ random }) =>
    raw(random.pick(values));
const from =
  (make: (random: Random) => Tree): Maker =>
  setting =>
    make(setting.random);
const named =
  (section: keyof Setting['names']): Maker =>
  ({ random, names }) =>
    names[section].length === 0 ? undefined : text(random.pick(names[section]));
const dependency: Maker = ({ random, earlier }) => (earlier.length === 0 ? undefined : text(random.pick(earlier)));
const withEdges =
  (from: number, to: number): Maker =>
  ({ random }) =>
    random.chance(0.03) ? raw(random.pick(edges)) : integer(random, from, to);
const within =
  (from: number, to: number): Maker =>
  ({ random }) =>
    integer(random, from, to);
const fraction: Maker = rawOneOf(
  '0.5',
  '1',
  '2',
  '.25',
  '1.50',
  '"0.75"',
  '"1"',
  '1e-1',
  '0.1',
  '3.14159265358979',
  '${UNSET:-0.3}',
  '0',
  '1_0',
  '123456789.5',
  '0.3333333333333333',
);

const pick =
  (...makers: readonly Maker[]): Maker =>
  setting =>
    setting.random.pick(makers)(setting);

/** A list with unlike items, of 0 to 3. */
const several =
  (item: Maker, least = 0): Maker =>
  setting => {
    const items: Tree[] = [];
    const seen = new Set<string>();
    const count = Math.max(least, setting.random.below(4));
    for (let tries = 0; tries < count; tries++) {
      const made = item(setting);
      if (made === undefined || seen.has(JSON.stringify(made))) continue;
      seen.add(JSON.stringify(made));
      items.push(made);
    }
    return list(items);
  };

/** A list of texts, or one text. */
const textOrList = (item: Maker): Maker => pick(several(item, 1), item, several(item));

const pairKeys = [
  'A',
  'B_1',
  'a.b',
  'a-b',
  'com.example/x',
  'a10',
  'a2',
  'É',
  'n',
  '10',
  'x y',
  'UNSET',
  'FROM_FILE',
  'a1b',
  'a01',
  'true',
  '_c',
  'aB',
  'ab',
  'B',
];

/** `K: V` or `- K=V`. */
const pairs = (value: Maker, isNullable: boolean, keys: readonly string[] = pairKeys): Maker =>
  pick(
    setting => map(setting.random.some(keys, 1 + setting.random.below(4)).map(key => [key, value(setting) ?? raw('')])),
    setting =>
      list(
        setting.random.some(keys, 1 + setting.random.below(4)).map(key => {
          if (isNullable && setting.random.chance(0.2)) return text(key);
          const made = value(setting);
          return text(`${key}=${made?.kind === 'text' ? made.text : 'v'}`);
        }),
      ),
  );

const anyPairs = pairs(({ random }) => anyScalar(random), true);

const port: Maker = ({ random, fresh }) => {
  const target = 3000 + fresh();
  const published = 20_000 + target;
  const short = random.pick([
    `${target}`,
    `${published}:${target}`,
    `127.0.0.1:${published}:${target}`,
    `${published}:${target}/udp`,
    `${target}/tcp`,
    `[::1]:${published}:${target}`,
    `${published}-${published + 2}:${target}`,
    `${published}-${published + 1}:${target}-${target + 1}`,
    `127.0.0.1::${target}`,
    `\${NUM}:${target}`,
    `:${target}`,
    `${published}:${target}/UDP`,
    `0.0.0.0:${published}:${target}/sctp`,
    `${target}-${target + 1}`,
    `::1:${published}:${target}`,
  ]);
  const roll = random.next();
  if (roll < 0.1) return raw(String(target));
  if (roll < 0.6) return text(short);
  return undefined;
};

const devicePort: Maker = pick(rawOneOf('80', '443', '"${SMALL}"', '0x50', '"8080"', '00120'));

const volume: Maker = ({ random, names, fresh }) => {
  const target = `/t${fresh()}`;
  const roll = random.next();
  if (roll < 0.3) {
    const source = random.pick(['./a', '../b', '/abs', '~/home', '.', '${PLACE}', './a b', '/abs/../x/', './x/', '~', '/a/./b']);
    return text(
      `${source}:${target}${random.pick(['', ':ro', ':rw', ':z', ':Z', ':ro,z', ':rshared', ':cached', ':ro,private', ':rslave', '/', ':nocopy', ':ro:'.slice(0, 3)])}`,
    );
  }
  if (roll < 0.55 && names.volumes.length > 0)
    return text(`${random.pick(names.volumes)}:${target}${random.pick(['', ':ro', ':nocopy', '/../u', ':rw,nocopy', ':Z'])}`);
  if (roll < 0.65) return text(target);
  return undefined;
};

const fileMode: Maker = rawOneOf('0440', '"0440"', '444', '0o400', '"777"', "'0400'", '0', '0x1FF', '"0"', '"644"');

const hosts: Maker = pick(
  setting =>
    map(
      setting.random
        .some(['somehost', 'other.host', 'x', 'h10', 'h2'], 1 + setting.random.below(3))
        .map(host => [
          host,
          setting.random.chance(0.7)
            ? text(setting.random.pick(['10.0.0.1', '::1', '[::1]', 'host-gateway', '${UNSET:-1.2.3.4}']))
            : list([text('10.0.0.2'), text('fe80::1')]),
        ]),
    ),
  several(
    oneOf(
      'somehost=10.0.0.1',
      'other:10.0.0.2',
      'v6=::1',
      'b=[::1]',
      'c:::1',
      'multi=10.0.0.1,10.0.0.2',
      'gw:host-gateway',
      'h10=1.1.1.1',
      'h2=2.2.2.2',
    ),
  ),
);

const command: Maker = pick(
  oneOf(
    'echo hello',
    'sh -c "echo $$A"',
    "printf '%s\\n' x",
    'a && b',
    'echo `date`',
    'run --flag=value "two words"',
    "it\\'s",
    'x  y',
    '',
    'echo ${A}',
    'echo ${ODD}',
    'echo "${QUOTED}"',
    'a "b c"d\'e f\'',
    'x \\"y',
    'echo 2>x',
    'a;b',
    "echo ''",
    'echo "a\\tb"',
    'echo # no remark',
    "bash -c 'for i in 1 2; do echo $$i; done'",
  ),
  several(({ random }) => anyText(random)),
  rawOneOf('[]', 'null', '', '~'),
);

const driverOptions: Maker = setting =>
  map(
    setting.random
      .some(pairKeys, setting.random.below(4))
      .map(key => [
        key,
        setting.random.chance(0.6)
          ? anyText(setting.random)
          : (rawOneOf('1', '1.5', '1e6', '010', '1_000', '9007199254740993', '0x1F', '1.10')(setting) as Tree),
      ]),
  );

const external: Maker = pick(from(boolean), from(boolean), ({ random }) => map([['name', word(random)]]));

const buildContext: Maker = oneOf(
  '.',
  './dir',
  '../up',
  '/abs/ctx',
  'https://example.com/r.git',
  'git@github.com:a/b.git',
  './a/../b',
  '${PLACE}',
  'dir',
  'https://example.com/r.git#main:sub',
  'github.com/a/b',
  'service:x',
  '~/src',
  'docker-image://alpine',
);

/** The end of a path → its maker; the first that fits is taken. `*` is any one step, `[]` an item. */
export const makers: readonly (readonly [pattern: string, maker: Maker])[] = [
  [
    'services.*.image',
    ({ random }) =>
      random.chance(0.8)
        ? text(random.pick(['nginx', 'nginx:1.27', 'r.example:5000/a/b:${NUM}', 'x@sha256:abc', 'busybox:${UNSET:-latest}']))
        : word(random),
  ],
  [
    'services.*.build',
    pick(
      buildContext,
      () => undefined,
      () => undefined,
    ),
  ],
  ['build.context', buildContext],
  ['build.dockerfile', oneOf('Dockerfile', 'D.dev', './x/Dockerfile', '/abs/Dockerfile', '../D')],
  ['build.dockerfile_inline', oneOf('FROM x\nRUN y\n', 'FROM ${A}', 'FROM x')],
  ['build.args', anyPairs],
  ['build.labels', anyPairs],
  [
    'build.ssh',
    pick(
      () => list([text('default')]),
      () => list([text('default'), text('k=./key')]),
      () => map([['k', text('/abs/key')]]),
      () => map([['default', raw('')]]),
      () => text('default'),
    ),
  ],
  [
    'build.additional_contexts',
    pick(
      () =>
        map([
          ['one', text('./one')],
          ['two', text('docker-image://alpine:3')],
        ]),
      () => list([text('base=./base'), text('u=https://x.example/y')]),
      () => map([['n', raw('"5"')]]),
    ),
  ],
  ['build.secrets.[]', named('secrets')],
  ['build.secrets.[].source', named('secrets')],
  ['build.platforms', () => undefined],
  ['build.tags', several(oneOf('x:1', 'r.example/x:2', '${A}:3'))],
  ['provenance', rawOneOf('true', 'false', '"mode=max"', 'mode=min', '"true"')],
  ['sbom', rawOneOf('true', 'false', '"generator=x"', '"false"')],
  ['services.*.extends', () => undefined],
  [
    'services.*.provider',
    ({ random }) =>
      random.chance(0.1)
        ? map([
            ['type', text('model')],
            [
              'options',
              map([
                ['a', text('b')],
                ['c', list([raw('1'), text('two'), raw('true')])],
                ['d', raw('1.5')],
              ]),
            ],
          ])
        : undefined,
  ],
  [
    'services.*.network_mode',
    ({ random, earlier }) =>
      text(
        earlier.length > 0 && random.chance(0.3)
          ? `service:${random.pick(earlier)}`
          : random.pick(['host', 'none', 'bridge', 'container:abc', '${UNSET:-host}']),
      ),
  ],
  [
    'services.*.ipc',
    ({ random, earlier }) =>
      text(
        earlier.length > 0 && random.chance(0.3)
          ? `service:${random.pick(earlier)}`
          : random.pick(['host', 'shareable', 'private', 'container:abc']),
      ),
  ],
  [
    'services.*.pid',
    ({ random, earlier }) =>
      text(earlier.length > 0 && random.chance(0.3) ? `service:${random.pick(earlier)}` : random.pick(['host', 'container:abc', 'x'])),
  ],
  ['services.*.uts', oneOf('host', 'x')],
  ['services.*.cgroup', oneOf('host', 'private')],
  [
    'services.*.networks',
    pick(
      several(named('networks')),
      () => undefined,
      () => undefined,
    ),
  ],
  ['services.*.models', pick(several(named('models')), () => undefined)],
  ['services.*.depends_on', pick(several(dependency), () => undefined)],
  [
    'services.*.links.[]',
    ({ random, earlier }) => (earlier.length === 0 ? undefined : text(`${random.pick(earlier)}${random.pick(['', ':alias', ':${A}'])}`)),
  ],
  [
    'services.*.volumes_from.[]',
    ({ random, earlier }) =>
      text(earlier.length > 0 && random.chance(0.7) ? `${random.pick(earlier)}${random.pick(['', ':ro', ':rw'])}` : 'container:abc:ro'),
  ],
  ['services.*.secrets.[]', named('secrets')],
  ['services.*.secrets.[].source', named('secrets')],
  ['services.*.configs.[]', named('configs')],
  ['services.*.configs.[].source', named('configs')],
  ['secrets.[].mode', fileMode],
  ['configs.[].mode', fileMode],
  ['services.*.secrets.[].target', ({ random, fresh }) => text(`${random.pick(['', '/run/secrets/', '/x/'])}s${fresh()}`)],
  ['services.*.configs.[].target', ({ random, fresh }) => text(`${random.pick(['/', '/etc/', ''])}c${fresh()}`)],
  ['build.entitlements', several(oneOf('network.host', 'security.insecure'))],
  ['uid', rawOneOf('"0"', '"1000"', '"${NUM}"')],
  ['gid', rawOneOf('"0"', '"1000"')],
  ['services.*.ports.[]', port],
  ['ports.[].target', devicePort],
  ['ports.[].published', rawOneOf('"8080"', '8080', '"8000-8010"', '0', '"0"', '"${NUM}"', '""')],
  ['ports.[].protocol', oneOf('tcp', 'udp', 'sctp', 'UDP')],
  ['ports.[].mode', oneOf('ingress', 'host')],
  ['ports.[].host_ip', oneOf('127.0.0.1', '0.0.0.0', '::1')],
  ['ports.[].app_protocol', oneOf('http', 'grpc')],
  ['services.*.volumes.[]', volume],
  ['volumes.[].type', oneOf('bind', 'volume', 'tmpfs', 'bind', 'volume', 'image', 'cluster', 'npipe')],
  [
    'volumes.[].source',
    ({ random, names }) =>
      text(
        names.volumes.length > 0 && random.chance(0.6) ? random.pick(names.volumes) : random.pick(['./a', '/abs', '~/x', '.', '${PLACE}']),
      ),
  ],
  ['volumes.[].target', ({ random, fresh }) => text(`/l${fresh()}${random.pick(['', '/', '/../m'])}`)],
  ['tmpfs.size', from(size)],
  ['tmpfs.mode', fileMode],
  ['services.*.tmpfs', textOrList(({ random, fresh }) => text(`/m${fresh()}${random.pick(['', ':size=1m', ':mode=755,uid=1'])}`))],
  [
    'services.*.devices.[]',
    pick(
      ({ random, fresh }) => text(`/dev/d${fresh()}${random.pick(['', `:/dev/x${fresh()}`, `:/dev/y${fresh()}:rw`])}`),
      () => undefined,
      ({ fresh }) => text(`vendor.com/class=x${fresh()}`),
    ),
  ],
  [
    'services.*.gpus',
    pick(
      oneOf('all'),
      () => undefined,
      () => undefined,
    ),
  ],
  ['count', rawOneOf('1', 'all', '"2"', '-1', '0', '"all"')],
  ['device_ids', () => undefined],
  ['capabilities', several(oneOf('gpu', 'tpu', 'nvidia'), 1)],
  [
    'services.*.env_file',
    pick(
      oneOf('a.env', './a.env'),
      () => list([text('a.env'), text('b.env')]),
      () =>
        list([
          map([
            ['path', text('raw.env')],
            ['format', text('raw')],
          ]),
          text('a.env'),
        ]),
      () =>
        list([
          map([
            ['path', text('missing.env')],
            ['required', raw('false')],
          ]),
        ]),
      () =>
        list([
          map([
            ['path', text('./b.env')],
            ['required', raw('true')],
          ]),
        ]),
    ),
  ],
  ['services.*.label_file', pick(oneOf('a.labels'), () => list([text('./a.labels')]))],
  ['services.*.environment', anyPairs],
  ['services.*.labels', anyPairs],
  ['annotations', anyPairs],
  ['environment', anyPairs],
  [
    'services.*.sysctls',
    pairs(({ random }) => anyScalar(random), false, ['net.core.somaxconn', 'net.ipv4.tcp_syncookies', 'kernel.x', 'a10', 'a2']),
  ],
  ['services.*.storage_opt', ({ random }) => map([['size', random.chance(0.5) ? text('1G') : anyText(random)]])],
  ['labels', anyPairs],
  [
    'ipam.options',
    ({ random }) =>
      map([
        ['o1', anyText(random)],
        ['o2', text('x')],
      ]),
  ],
  ['options', driverOptions],
  ['driver_opts', driverOptions],
  ['ipam.config.[].subnet', ({ fresh }) => text(`10.${fresh() % 250}.0.0/16`)],
  [
    'ipam.config.[].aux_addresses',
    ({ random }) =>
      map([
        ['h1', word(random)],
        ['h2', text('10.0.0.9')],
      ]),
  ],
  ['build.ulimits', ({ random }) => map(random.some(['nofile', 'nproc', 'core'], 2).map(name => [name, unquoted(random, name)]))],
  [
    'ulimits',
    setting =>
      map(
        setting.random.some(['nofile', 'nproc', 'core', 'memlock'], 1 + setting.random.below(3)).map(name => [
          name,
          setting.random.chance(0.5)
            ? (withEdges(-1, 65535)(setting) as Tree)
            : map([
                ['soft', integer(setting.random, -1, 9999)],
                ['hard', integer(setting.random, -1, 65535)],
              ]),
        ]),
      ),
  ],
  ['extra_hosts', hosts],
  ['command', command],
  ['entrypoint', command],
  [
    'healthcheck.test',
    pick(
      oneOf('curl -f http://x || exit 1', '${UNSET:-true}', 'NONE', ''),
      () => list([text('CMD'), text('a'), text('${A}')]),
      () => list([text('CMD-SHELL'), text('x && y')]),
      () => list([text('NONE')]),
      () => list([]),
    ),
  ],
  ['retries', withEdges(0, 10)],
  ['services.*.mem_limit', from(size)],
  ['services.*.mem_reservation', from(size)],
  ['services.*.memswap_limit', from(size)],
  ['services.*.mem_swappiness', from(size)],
  ['shm_size', from(size)],
  ['rate', from(size)],
  ['memory', ({ random }) => text(random.pick(['64m', '1g', '50M', '${SIZE}', '1.5gb', '0', '1024']))],
  ['weight', withEdges(10, 1000)],
  ['cpu_count', within(0, 8)],
  ['cpu_percent', within(0, 100)],
  ['cpu_period', withEdges(1000, 100_000)],
  ['cpu_quota', withEdges(-1, 100_000)],
  ['cpu_rt_period', withEdges(0, 100_000)],
  ['cpu_rt_runtime', withEdges(0, 100_000)],
  ['cpu_shares', withEdges(0, 2048)],
  ['cpus', fraction],
  ['max_failure_ratio', fraction],
  ['oom_score_adj', within(-1000, 1000)],
  ['pids_limit', withEdges(-1, 1000)],
  ['pids', withEdges(0, 100)],
  ['scale', withEdges(0, 5)],
  ['replicas', withEdges(0, 5)],
  ['parallelism', withEdges(0, 5)],
  ['max_attempts', withEdges(0, 5)],
  ['max_replicas_per_node', withEdges(0, 5)],
  ['priority', rawOneOf('1', '100', '-5', '0x10', '010', '1e3', '1.0', '0')],
  ['gw_priority', rawOneOf('1', '100', '-5', '0x10', '010', '1e3', '1.0', '0')],
  ['context_size', rawOneOf('1', '4096', '-1', '0x10', '9007199254740993')],
  ['discrete_resource_spec.value', withEdges(0, 10)],
  ['pull_policy', oneOf('always', 'never', 'build', 'if_not_present', 'missing', 'refresh', 'daily', 'weekly', 'every_12h', 'every_1d')],
  ['restart', oneOf('no', 'always', 'on-failure', 'on-failure:3', 'unless-stopped', '${UNSET:-always}')],
  ['container_name', ({ random, fresh }) => (random.chance(0.3) ? text(`name-${fresh()}`) : undefined)],
  ['services.*.platform', oneOf('linux/amd64', 'linux/arm64')],
  [
    'services.*.profiles',
    ({ random }) => (random.chance(0.4) ? list(random.some(['dev', 'test', 'p10', 'p2'], 1 + random.below(2)).map(text)) : undefined),
  ],
  ['services.*.user', rawOneOf('"1000"', 'root', '"1000:1000"', '${A}')],
  ['expose.[]', rawOneOf('80', '"443"', '"8000-8010"', '9090/udp', '0x50', '3000', '"${NUM}"')],
  ['group_add.[]', rawOneOf('1000', 'mail', '"0"', '0x10', '010', '"${NUM}"')],
  ['security_opt.[]', oneOf('no-new-privileges:true', 'label=disable', 'apparmor:unconfined', 'seccomp=unconfined', 'label:user:USER')],
  ['cap_add.[]', oneOf('NET_ADMIN', 'ALL', 'SYS_TIME', 'CAP_CHOWN')],
  ['cap_drop.[]', oneOf('NET_ADMIN', 'ALL', 'SYS_TIME')],
  ['dns', textOrList(oneOf('8.8.8.8', '1.1.1.1', '', '${UNSET:-9.9.9.9}'))],
  ['blkio_config.*.[].path', oneOf('/dev/sda', '/dev/sdb', './x')],
  ['develop.watch.[].action', oneOf('rebuild', 'sync', 'restart', 'sync+restart', 'sync+exec')],
  ['develop.watch.[].path', oneOf('.', './src', '/abs', '../x', '${PLACE}')],
  ['develop.watch.[].target', oneOf('/app', '/x/')],
  ['develop.watch.[].ignore', textOrList(oneOf('node_modules/', './x', '*.tmp'))],
  ['develop.watch.[].include', textOrList(oneOf('*.ts', './y'))],
  ['env_file.[]', oneOf('a.env', 'b.env')],
  ['label_file.[]', oneOf('a.labels')],
  ['use_api_socket', rawOneOf('true', 'false')],
  ['per_replica', from(boolean)],
  [
    'networks.*.external',
    pick(
      () => undefined,
      () => undefined,
      external,
    ),
  ],
  [
    'volumes.*.external',
    pick(
      () => undefined,
      () => undefined,
      external,
    ),
  ],
  ['configs.*', ({ random }) => fileObject(random, true)],
  ['secrets.*', ({ random }) => fileObject(random, false)],
  ['runtime_flags', several(({ random }) => anyText(random))],
  ['order', oneOf('start-first', 'stop-first')],
];

/** Limits of a build: those in quotes, at which the reference fails, are rare. */
function unquoted(random: Random, name: string): Tree {
  if (random.chance(0.05)) return raw('"3"');
  return name === 'core'
    ? map([
        ['soft', raw('1')],
        ['hard', raw(random.pick(['0x10', '010', '-1', '9007199254740993']))],
      ])
    : raw(random.pick(['5', '65535', '-1', '1_000', '0']));
}

/** A config or a secret: exactly one of its sources, or external. */
function fileObject(random: Random, isConfig: boolean): Tree {
  const sources: readonly (readonly [string, Tree])[] = [
    ['file', text(random.pick(['./f.txt', '/abs/f', '../g', '~/h', '${PLACE}/f']))],
    ['environment', text(random.pick(['A', 'UNSET', 'FROM_FILE', '${UNSET:-A}']))],
    ['external', random.chance(0.9) ? raw(random.pick(['true', '"true"', '"${FLAG}"'])) : boolean(random)],
    ...(isConfig ? [['content', text(random.pick(['hello\n', '${A}', 'a: ${NUM}\nb: $$x\n', 'x']))] as const] : []),
  ];
  const source = random.pick(sources);
  const more: (readonly [string, Tree])[] = [];
  if (random.chance(0.3)) more.push(['name', word(random)]);
  if (random.chance(0.2)) more.push(['labels', map([['l', anyScalar(random)]])]);
  if (random.chance(0.1)) more.push(['template_driver', text('golang')]);
  if (!isConfig && random.chance(0.1))
    more.push(['driver_opts', map([['o', anyText(random)], ...(random.chance(0.1) ? [['n', raw('1.5')] as const] : [])])]);
  if (random.chance(0.1)) more.push(['x-note', anyScalar(random)]);
  return map([source, ...more]);
}

/** The values of `duration` grammar, of booleans, and of words that say nothing. */
export const byKind = {
  duration: from(duration),
  boolean: from(boolean),
  word: from(word),
  text: from(anyText),
  integer: withEdges(0, 1000),
  scalar: from(anyScalar),
};

/** Names of user keys where the schema says only that there are some. */
export const userKeys: readonly string[] = plainWords.filter(name => /^[a-zA-Z0-9._-]+$/.test(name));
