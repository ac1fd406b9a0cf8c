// The shapes of the model: every attribute of a project, in the order in which it is printed and hashed, with how it is read and when it is left out.
// One table drives decoding (compose/project.ts), printing and hash bytes (exporters/compose.ts). The order is that of the reference v5.5.1.

/** What an attribute holds in canonical form. */
export type Shape =
  /** A text; other scalars become the text that Go prints, where `whole` is set whole numbers only. */
  | { readonly kind: 'text'; readonly whole?: true }
  | { readonly kind: 'bool' }
  /** 64 bits with a sign; or `unsigned`, of so many bits, where neither less than nought is taken nor a text of digits. More bits are cut off. */
  | { readonly kind: 'int'; readonly unsigned?: 16 | 32 | 64 }
  /** A number that is kept and printed with the precision of 32 bits; `narrow`: no whole number beyond 64 bits with a sign is taken. */
  | { readonly kind: 'float'; readonly narrow?: true }
  | { readonly kind: 'duration' }
  | { readonly kind: 'bytes' }
  /** A file mode: octal digits as text, a number as it is. */
  | { readonly kind: 'mode' }
  /** A number, or `all`, which is -1. */
  | { readonly kind: 'count' }
  /** The words of a command; one text is split like a shell does. null and absent mean "not set". */
  | { readonly kind: 'command' }
  /** Like a list of texts; one text means that a shell runs it. */
  | { readonly kind: 'test' }
  /** `host=address` texts, sorted. */
  | { readonly kind: 'hosts' }
  /** id → path, printed as texts. */
  | { readonly kind: 'keys' }
  /** One number for both limits, or a struct of two. */
  | { readonly kind: 'limit'; readonly struct: Struct }
  | { readonly kind: 'list'; readonly of: Shape }
  /** User keys → values. `nullable`: a null stays one, instead of becoming the empty value. */
  | { readonly kind: 'map'; readonly of: Shape; readonly nullable: boolean }
  | { readonly kind: 'struct'; readonly struct: Struct };

/**
 * When an attribute is left out of what is printed:
 * `zero` — where it is absent, false, 0, empty; `absent` — only where it is absent; `true` — where it is true or absent;
 * `never`; `json` — in YAML never, in JSON where it is zero; `unset` — in YAML where it is null or absent, in JSON never; `hollow` — a struct: in YAML where nothing is in it, in JSON never.
 */
export type Omission = 'zero' | 'absent' | 'true' | 'never' | 'json' | 'unset' | 'hollow';

export interface Field {
  readonly key: string;
  readonly shape: Shape;
  readonly omit: Omission;
  /** The key in JSON, where it is another one. */
  readonly jsonKey?: string;
  /** Left out of the hash, or hashed as this text where it is empty. */
  readonly hashed?: false | { readonly emptyAs: string };
  /** The name of a variable, whose content goes under this key, and is never printed. */
  readonly contentInto?: string;
  /** Not printed where this other attribute is set; `always`: never printed at all. */
  readonly hiddenBy?: string;
}

export interface Struct {
  readonly fields: readonly Field[];
  /** Whether `x-…` keys are kept. */
  readonly extensible: boolean;
}

const text: Shape = { kind: 'text' };
const bool: Shape = { kind: 'bool' };
const int: Shape = { kind: 'int' };
const unsigned: Shape = { kind: 'int', unsigned: 64 };
const unsigned32: Shape = { kind: 'int', unsigned: 32 };
const unsigned16: Shape = { kind: 'int', unsigned: 16 };
const float: Shape = { kind: 'float' };
const duration: Shape = { kind: 'duration' };
const bytes: Shape = { kind: 'bytes' };
const command: Shape = { kind: 'command' };
const texts: Shape = { kind: 'list', of: text };
const textMap: Shape = { kind: 'map', of: text, nullable: false };
const variables: Shape = { kind: 'map', of: text, nullable: true };

const list = (of: Shape): Shape => ({ kind: 'list', of });
const map = (of: Shape, nullable: boolean): Shape => ({ kind: 'map', of, nullable });
const field = (key: string, shape: Shape, omit: Omission = 'zero', more: Partial<Field> = {}): Field => ({ key, shape, omit, ...more });
const struct = (...fields: readonly Field[]): Shape => ({ kind: 'struct', struct: { fields, extensible: true } });
/** A struct that drops `x-…` keys. */
const closed = (...fields: readonly Field[]): Shape => ({ kind: 'struct', struct: { fields, extensible: false } });

const ulimits = map(
  { kind: 'limit', struct: { fields: [field('soft', int, 'json'), field('hard', int, 'json')], extensible: false } },
  false,
);

const fileReference = struct(
  field('source', text),
  field('target', text),
  field('uid', text),
  field('gid', text),
  field('mode', { kind: 'mode' }, 'absent'),
);

const build = struct(
  field('context', text),
  field('dockerfile', text),
  field('dockerfile_inline', text),
  field('entitlements', texts),
  field('args', variables),
  field('provenance', text),
  field('sbom', text),
  field('ssh', { kind: 'keys' }),
  field('labels', textMap),
  field('cache_from', texts),
  field('cache_to', texts),
  field('no_cache', bool),
  field('no_cache_filter', texts),
  field('additional_contexts', textMap),
  field('pull', bool),
  field('extra_hosts', { kind: 'hosts' }),
  field('isolation', text),
  field('network', text),
  field('target', text),
  field('secrets', list(fileReference)),
  field('shm_size', bytes),
  field('tags', texts),
  field('ulimits', ulimits),
  field('platforms', texts),
  field('privileged', bool),
);

const hook = struct(
  field('command', command, 'unset'),
  field('image', text),
  field('user', text),
  field('privileged', bool),
  field('working_dir', text),
  field('environment', variables),
  field('per_replica', bool),
);

const develop = struct(
  field(
    'watch',
    list(
      struct(
        field('path', text, 'never'),
        field('action', text, 'never'),
        field('target', text),
        field('exec', hook, 'hollow'),
        field('include', texts),
        field('ignore', texts),
        field('initial_sync', bool),
      ),
    ),
  ),
);

const weightDevice = struct(field('path', text, 'never', { jsonKey: 'Path' }), field('weight', unsigned16, 'never', { jsonKey: 'Weight' }));
const throttleDevice = struct(field('path', text, 'never', { jsonKey: 'Path' }), field('rate', bytes, 'never', { jsonKey: 'Rate' }));

const blkioConfig = struct(
  field('weight', unsigned16),
  field('weight_device', list(weightDevice)),
  field('device_read_bps', list(throttleDevice)),
  field('device_read_iops', list(throttleDevice)),
  field('device_write_bps', list(throttleDevice)),
  field('device_write_iops', list(throttleDevice)),
);

const dependency = struct(field('condition', text), field('restart', bool), field('required', bool, 'never'));

const deviceRequest = closed(
  field('capabilities', texts),
  field('driver', text),
  field('count', { kind: 'count' }),
  field('device_ids', texts),
  field('options', textMap),
);

const updateConfig = struct(
  field('parallelism', unsigned, 'absent'),
  field('delay', duration),
  field('failure_action', text),
  field('monitor', duration),
  field('max_failure_ratio', float),
  field('order', text),
);

const resource = struct(
  field('cpus', { kind: 'float', narrow: true }),
  field('memory', bytes),
  field('pids', int),
  field('devices', list(deviceRequest)),
  field(
    'generic_resources',
    list(struct(field('discrete_resource_spec', struct(field('kind', text, 'never'), field('value', int, 'never')), 'absent'))),
  ),
);

const deploy = struct(
  field('mode', text),
  field('replicas', int, 'absent', { hashed: false }),
  field('labels', textMap),
  field('update_config', updateConfig, 'absent'),
  field('rollback_config', updateConfig, 'absent'),
  field('resources', struct(field('limits', resource, 'absent'), field('reservations', resource, 'absent')), 'hollow'),
  field(
    'restart_policy',
    struct(
      field('condition', text),
      field('delay', duration, 'absent'),
      field('max_attempts', unsigned, 'absent'),
      field('window', duration, 'absent'),
    ),
    'absent',
  ),
  field(
    'placement',
    struct(
      field('constraints', texts),
      field('preferences', list(struct(field('spread', text)))),
      field('max_replicas_per_node', unsigned),
    ),
    'hollow',
  ),
  field('endpoint_mode', text),
);

const healthcheck = struct(
  field('test', { kind: 'test' }),
  field('timeout', duration, 'absent'),
  field('interval', duration, 'absent'),
  field('retries', unsigned, 'absent'),
  field('start_period', duration, 'absent'),
  field('start_interval', duration, 'absent'),
  field('disable', bool),
);

const serviceNetwork = struct(
  field('aliases', texts),
  field('driver_opts', textMap),
  field('gw_priority', int),
  field('interface_name', text),
  field('ipv4_address', text),
  field('ipv6_address', text),
  field('link_local_ips', texts),
  field('mac_address', text),
  field('priority', int),
);

const port = struct(
  field('name', text),
  field('mode', text),
  field('host_ip', text),
  field('target', unsigned32),
  field('published', { kind: 'text', whole: true }),
  field('protocol', text),
  field('app_protocol', text),
);

const mount = struct(
  field('type', text),
  field('source', text),
  field('target', text),
  field('read_only', bool),
  field('consistency', text),
  field(
    'bind',
    struct(field('selinux', text), field('propagation', text), field('create_host_path', bool, 'true'), field('recursive', text)),
    'absent',
  ),
  field('volume', struct(field('labels', textMap), field('nocopy', bool), field('subpath', text)), 'absent'),
  field('tmpfs', struct(field('size', bytes), field('mode', unsigned32)), 'absent'),
  field('image', struct(field('subpath', text)), 'absent'),
);

/** An entry of `services`. */
export const serviceStruct: Struct = {
  extensible: true,
  fields: [
    field('profiles', texts, 'zero', { hashed: false }),
    field('annotations', textMap),
    field('attach', bool, 'absent'),
    field('build', build, 'absent', { hashed: false }),
    field('develop', develop, 'absent'),
    field('blkio_config', blkioConfig, 'absent'),
    field('cap_add', texts),
    field('cap_drop', texts),
    field('cgroup_parent', text),
    field('cgroup', text),
    field('cpu_count', int),
    field('cpu_percent', float),
    field('cpu_period', int),
    field('cpu_quota', int),
    field('cpu_rt_period', int),
    field('cpu_rt_runtime', int),
    field('cpus', float),
    field('cpuset', text),
    field('cpu_shares', int),
    field('command', command, 'unset'),
    field('configs', list(fileReference)),
    field('container_name', text),
    field('credential_spec', struct(field('config', text), field('file', text), field('registry', text)), 'absent'),
    field('depends_on', map(dependency, false), 'zero', { hashed: false }),
    field('deploy', deploy, 'absent'),
    field('device_cgroup_rules', texts),
    field('devices', list(struct(field('source', text), field('target', text), field('permissions', text)))),
    field('dns', texts),
    field('dns_opt', texts),
    field('dns_search', texts),
    field('domainname', text),
    field('entrypoint', command, 'unset'),
    field('provider', struct(field('type', text), field('options', map(texts, false))), 'absent'),
    field('environment', variables),
    field('env_file', list(closed(field('path', text), field('required', bool, 'true'), field('format', text))), 'zero', { hashed: false }),
    field('expose', texts),
    field('extends', closed(field('file', text), field('service', text)), 'absent'),
    field('external_links', texts),
    field('extra_hosts', { kind: 'hosts' }),
    field('group_add', list({ kind: 'text', whole: true })),
    field('gpus', list(deviceRequest)),
    field('hostname', text),
    field('healthcheck', healthcheck, 'absent'),
    field('image', text),
    field('init', bool, 'absent'),
    field('ipc', text),
    field('isolation', text),
    field('labels', textMap),
    field('label_file', texts),
    field('links', texts),
    field('logging', struct(field('driver', text), field('options', textMap)), 'absent'),
    field('mem_limit', bytes),
    field('mem_reservation', bytes),
    field('memswap_limit', bytes),
    field('mem_swappiness', bytes),
    field('mac_address', text),
    field('models', map(struct(field('endpoint_var', text), field('model_var', text)), true)),
    field('network_mode', text),
    field('networks', map(serviceNetwork, true)),
    field('oom_kill_disable', bool),
    field('oom_score_adj', int),
    field('pid', text),
    field('pids_limit', int),
    field('platform', text),
    field('ports', list(port)),
    field('privileged', bool),
    field('pull_policy', text, 'zero', { hashed: false }),
    field('read_only', bool),
    field('restart', text),
    field('runtime', text),
    field('scale', int, 'absent', { hashed: false }),
    field('secrets', list(fileReference)),
    field('security_opt', texts),
    field('shm_size', bytes),
    field('stdin_open', bool),
    field('stop_grace_period', duration, 'absent'),
    field('stop_signal', text),
    field('storage_opt', textMap),
    field('sysctls', textMap),
    field('tmpfs', texts),
    field('tty', bool),
    field('ulimits', ulimits),
    field('use_api_socket', bool),
    field('user', text),
    field('userns_mode', text),
    field('uts', text),
    field('volumes', list(mount)),
    field('volumes_from', texts),
    field('working_dir', text),
    field('pre_start', list(hook)),
    field('post_start', list(hook)),
    field('pre_stop', list(hook)),
  ],
};

/** An entry of the top-level `networks`. */
export const networkStruct: Struct = {
  extensible: true,
  fields: [
    field('name', text),
    field('driver', text),
    field('driver_opts', textMap),
    field(
      'ipam',
      struct(
        field('driver', text),
        field(
          'config',
          list(closed(field('subnet', text), field('gateway', text), field('ip_range', text), field('aux_addresses', textMap))),
        ),
        field('options', textMap),
      ),
      'hollow',
    ),
    field('external', bool),
    field('internal', bool),
    field('attachable', bool),
    field('labels', textMap),
    field('enable_ipv4', bool, 'absent'),
    field('enable_ipv6', bool, 'absent'),
  ],
};

/** An entry of the top-level `volumes`. */
export const volumeStruct: Struct = {
  extensible: true,
  fields: [
    field('name', text),
    field('driver', text, 'zero', { hashed: { emptyAs: 'local' } }),
    field('driver_opts', textMap),
    field('external', bool),
    field('labels', textMap),
  ],
};

const fileObject = (hiddenBy: string): Struct => ({
  extensible: true,
  fields: [
    field('name', text),
    field('file', text),
    field('environment', text, 'zero', { contentInto: 'value' }),
    field('content', text, 'zero', { hiddenBy }),
    field('external', bool),
    field('labels', textMap),
    field('driver', text),
    field('driver_opts', textMap),
    field('template_driver', text),
  ],
});

/** An entry of the top-level `secrets`: its content is never printed. */
export const secretStruct: Struct = fileObject('always');
/** An entry of the top-level `configs`: what came from a variable is printed as the variable. */
export const configStruct: Struct = fileObject('environment');

/** An entry of the top-level `models`. */
export const modelStruct: Struct = {
  extensible: true,
  fields: [field('name', text), field('model', text), field('context_size', int), field('runtime_flags', texts)],
};

/** A section of a project: user keys → entries of one shape. */
export interface Section {
  readonly key: 'services' | 'networks' | 'volumes' | 'secrets' | 'configs' | 'models';
  readonly struct: Struct;
  /** Printed although nothing is in it. */
  readonly printEmpty: boolean;
  readonly inJson: boolean;
  /** Entries carry their own key as `name` in the model; it is not printed. */
  readonly keyIsName: boolean;
}

const section = (key: Section['key'], struct: Struct, more: Partial<Section> = {}): Section => ({
  key,
  struct,
  printEmpty: false,
  inJson: true,
  keyIsName: false,
  ...more,
});

/** The sections of a project in the order of YAML. */
export const sections: readonly Section[] = [
  section('services', serviceStruct, { printEmpty: true, keyIsName: true }),
  section('networks', networkStruct),
  section('volumes', volumeStruct),
  section('secrets', secretStruct),
  section('configs', configStruct),
  // The reference forgets models in its JSON.
  section('models', modelStruct, { inJson: false }),
];
