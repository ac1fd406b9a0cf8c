// What a recording holds, shared by scripts/record.mjs, which writes it, and the tests, which compare with it.

/**
 * Where projects lie while they are recorded and compared. The place is part of every hash, since paths of the host are,
 * so it is the same on every machine.
 */
export const fixedFolder = '/tmp/fig-recorded';

/** Flags of `config` whose answers are recorded. */
export const answerCommands = [
  [],
  ['--format', 'json'],
  ['--hash', '*'],
  ['--no-interpolate'],
  ['--no-normalize'],
  ['--no-path-resolution'],
  ['--no-env-resolution'],
  ['--services'],
  ['--volumes'],
  ['--networks'],
  ['--profiles'],
  ['--images'],
  ['--variables'],
  ['--quiet'],
];

/** Answers whose lines come in another order each time. */
const unordered = /^config --(?:services|volumes|networks|profiles|images|variables)$/;

/** An answer as it is recorded: its lines, sorted where the reference gives them in the order of the moment. */
export function recordedLines(command, stdout) {
  const lines = stdout.split('\n');
  return unordered.test(command) ? lines.sort() : lines;
}

/** Text with the project's folder replaced, so that recordings read the same wherever they were made. */
export const withDirectory = (text, directory) => text.replaceAll(directory, '${DIR}').replaceAll(fixedFolder, '${FIXTURES}');

/** Where nought is not the same as nothing. */
const meaningfulZero = new Set(['StopTimeout', 'MemorySwappiness', 'Init', 'EnableIPv4']);

/** Without what is empty or the engine's default, and without what is the engine's alone. */
function pruned(value, key = '') {
  if (Array.isArray(value)) return value.map(item => pruned(item));
  if (value === null || typeof value !== 'object') return value;
  const isEmpty = (one, name) =>
    one === null ||
    one === undefined ||
    one === '' ||
    ((one === 0 || one === false) && !meaningfulZero.has(name)) ||
    (typeof one === 'object' && Object.keys(one).length === 0 && key !== 'Volumes' && key !== 'Networks');
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !['MaskedPaths', 'ReadonlyPaths', 'ConsoleSize', 'ContainerIDFile'].includes(name))
      .map(([name, one]) => [name, pruned(one, name)])
      .filter(([name, one]) => !isEmpty(one, name)),
  );
}

/** Fields that are the same to the engine with and without. */
const sameToEngine = new Set(['CheckDuplicate', 'OomKillDisable', 'IPAddress', 'IPv6Gateway']);

/**
 * The calls of a stub engine that made something, in the order of names, without what is empty, what differs from program to program
 * and the order of unordered lists.
 */
export function comparableBodies(made, directory) {
  const tidy = value => {
    if (Array.isArray(value)) {
      const items = value.map(tidy);
      return items.every(item => item?.Target) ? items.sort((a, b) => (a.Target < b.Target ? -1 : 1)) : items;
    }
    if (value === null || typeof value !== 'object') return value;
    const entries = Object.entries(value).filter(
      ([key]) => !sameToEngine.has(key) && !['com.docker.compose.version', 'dev.fig.model'].includes(key),
    );
    return Object.fromEntries(entries.map(([key, one]) => [key, tidy(one)]).sort(([a], [b]) => (a < b ? -1 : 1)));
  };
  return made
    .map(({ call, body }) => ({ call, body: JSON.parse(withDirectory(JSON.stringify(pruned(tidy(body))), directory)) }))
    .sort((a, b) => (a.call + (a.body.Name ?? '') < b.call + (b.body.Name ?? '') ? -1 : 1));
}

/**
 * The containers, networks and volumes of a project as the engine has them, without what differs from run to run: ids, times, addresses
 * that were not asked for. `get` reads a path of the Engine API.
 */
export async function comparable(get, project, directory) {
  const filters = encodeURIComponent(JSON.stringify({ label: [`com.docker.compose.project=${project}`] }));
  const summaries = await get(`/v1.41/containers/json?all=1&filters=${filters}`);
  const details = await Promise.all(summaries.map(({ Id }) => get(`/v1.41/containers/${Id}/json`)));
  const networks = await get(`/v1.41/networks?filters=${filters}`);
  const { Volumes: volumes } = await get(`/v1.41/volumes?filters=${filters}`);
  const names = new Map(details.map(({ Id, Name }) => [Id, Name.slice(1)]));
  // A reference to another container holds its id; its name says the same on every run.
  const tidy = value => {
    let text = withDirectory(JSON.stringify(value), directory);
    for (const [id, name] of names) text = text.replaceAll(id, `<${name}>`).replaceAll(id.slice(0, 12), `<${name}>`);
    return pruned(JSON.parse(text));
  };
  const sorted = object => Object.fromEntries(Object.entries(object ?? {}).sort(([a], [b]) => (a < b ? -1 : 1)));
  const labels = ({ Labels }, hashVaries = false) => {
    const { 'com.docker.compose.image': _image, 'com.docker.compose.version': _version, 'dev.fig.model': _model, ...rest } = Labels ?? {};
    const dependencies = 'com.docker.compose.depends_on';
    if (rest[dependencies]) rest[dependencies] = rest[dependencies].split(',').sort().join(',');
    if (hashVaries) rest['com.docker.compose.config-hash'] = '<holds ids of other containers>';
    return sorted(rest);
  };
  const standsInAnother = ({ HostConfig }) =>
    HostConfig.VolumesFrom?.length > 0 ||
    [HostConfig.NetworkMode, HostConfig.IpcMode, HostConfig.PidMode].some(mode => mode.startsWith('container:'));
  const config = one => {
    const { Config } = one;
    const { Hostname, Image: _image, ...rest } = Config;
    return {
      ...rest,
      Env: [...(Config.Env ?? [])].sort(),
      Labels: labels(Config, standsInAnother(one)),
      ...(/^[0-9a-f]{12}$|^</.test(Hostname) ? {} : { Hostname }),
    };
  };
  const endpoint = ({ IPAMConfig, Links, Aliases, DriverOpts }, id) => ({
    IPAMConfig,
    Links,
    Aliases: Aliases?.filter(alias => alias !== id.slice(0, 12)).sort() ?? null,
    DriverOpts,
  });
  const isAnonymous = name => /^[0-9a-f]{64}$/.test(name ?? '');
  const mounts = ({ Mounts }) =>
    Mounts.map(({ Type, Name, Source, Destination, Mode, RW, Propagation }) => ({
      Type,
      ...(Type === 'volume' ? { Name: isAnonymous(Name) ? '<anonymous>' : Name } : { Source }),
      Destination,
      Mode,
      RW,
      Propagation,
    })).sort((a, b) => (a.Destination < b.Destination ? -1 : 1));
  const byName = (a, b) => (a.Name < b.Name ? -1 : 1);

  return tidy({
    containers: details
      .map(one => ({
        Name: one.Name.slice(1),
        Platform: one.Platform,
        Config: config(one),
        HostConfig: {
          ...one.HostConfig,
          // The paths that an engine hides by itself differ from one to the next; that it hides none is what was asked for.
          SystemPaths: one.HostConfig.MaskedPaths?.length === 0 && one.HostConfig.ReadonlyPaths?.length === 0 ? 'unconfined' : '',
          Ulimits: one.HostConfig.Ulimits?.toSorted((a, b) => (a.Name < b.Name ? -1 : 1)),
          ExtraHosts: one.HostConfig.ExtraHosts?.toSorted(),
          Mounts: one.HostConfig.Mounts?.toSorted((a, b) => (a.Target < b.Target ? -1 : 1)),
          Binds: one.HostConfig.Binds?.map(bind => bind.replace(/^[0-9a-f]{64}:/, '<anonymous>:')).sort() ?? null,
        },
        Mounts: mounts(one),
        Networks: sorted(
          Object.fromEntries(Object.entries(one.NetworkSettings.Networks).map(([network, found]) => [network, endpoint(found, one.Id)])),
        ),
      }))
      .sort(byName),
    networks: networks
      .map(one => {
        // Addresses that the engine chose are its own affair.
        const chosen = one.IPAM.Config?.some(pool => pool.Subnet && one.Labels['com.docker.compose.network'] === 'addressed');
        return {
          Name: one.Name,
          Driver: one.Driver,
          Internal: one.Internal,
          Attachable: one.Attachable,
          EnableIPv6: one.EnableIPv6,
          IPAM: chosen ? one.IPAM : { ...one.IPAM, Config: '<the engine chose>' },
          Options: sorted(one.Options),
          Labels: labels(one),
        };
      })
      .sort(byName),
    volumes: (volumes ?? []).map(one => ({ Name: one.Name, Driver: one.Driver, Options: one.Options, Labels: labels(one) })).sort(byName),
  });
}
