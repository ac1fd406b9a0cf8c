// The registry of diagnostics: each code with its severity, a title and a paragraph that explains it. Stage first, then the slug.

interface CodeEntry {
  readonly severity: 'error' | 'warning';
  readonly title: string;
  readonly explanation: string;
  /** Told in one line: nothing is wrong. */
  readonly brief?: true;
}

const error = (title: string, explanation: string): CodeEntry => ({ severity: 'error', title, explanation });
const warning = (title: string, explanation: string): CodeEntry => ({ severity: 'warning', title, explanation });
const note = (title: string, explanation: string): CodeEntry => ({ severity: 'warning', title, explanation, brief: true });

export const codes = {
  'files.none': error(
    'No Compose file',
    'Neither the working directory nor any folder above it holds compose.yaml, compose.yml, docker-compose.yml or docker-compose.yaml, the working directory has no fig.yml or fig.yaml, and no file was named.',
  ),
  'files.unreadable': error(
    'A file cannot be read',
    'A file that the project names does not exist, is a directory, or may not be read by this user.',
  ),
  'files.unwritable': error(
    'A file cannot be rewritten',
    'A file with mends was changed by someone else in the meantime, holds bytes that are no text, or may not be written by this user.',
  ),
  'files.several': warning(
    'Several Compose files in one folder',
    'One folder holds more than one of the names fig looks for; the first is used, the others are ignored.',
  ),
  'files.old-form': note(
    'A file of Fig or Compose v1',
    'The file has its services at the top level, as Fig and Compose 1.0 to 1.5 had them. It is read as such; what config prints is the same in the form of today.',
  ),
  'files.too-large': error('A file is too large', 'A Compose file may have at most 16 MiB, and 100,000 nodes after aliases are expanded.'),
  'project.invalid-name': error(
    'The project name is not allowed',
    'A project name given by -p or COMPOSE_PROJECT_NAME consists of lower-case letters, digits, hyphens and underscores, and starts with a letter or digit.',
  ),
  'project.empty-name': error(
    'The project has no name',
    'Of the name in the file, or of the folder, no letter, digit, hyphen or underscore is left after the first letter or digit.',
  ),
  'project.symlinked-directory': warning(
    'The project folder was reached by a link',
    'The project name comes from the folder name; here a link with another name led to it.',
  ),
  'project.empty': error('The Compose file is empty', 'The files hold nothing that describes a project.'),
  'yaml.syntax': error('Broken YAML', 'The text is not YAML, so nothing can be said about its meaning.'),
  'yaml.duplicate-key': error('A key is there twice', 'A mapping may hold each key once; YAML leaves open which value would win.'),
  'yaml.unknown-anchor': error('An alias without an anchor', 'An alias (*name) needs an anchor (&name) above it in the same file.'),
  'yaml.alias-cycle': error('An alias contains itself', 'Following the aliases never ends.'),
  'yaml.merge-value': error('A merge key needs a mapping', 'The value of << is a mapping, an alias to one, or a list of these.'),
  'yaml.key-type': error('A key is not a string', 'Keys of a Compose file are strings; a number, a boolean or null must be quoted.'),
  'yaml.root-type': error('The file is not a mapping', 'A Compose file is a mapping with keys such as services, networks and volumes.'),
  'dotenv.syntax': error('Broken env file', 'A line of an env file is neither blank, nor a comment, nor KEY=VALUE.'),
  'interpolation.format': error(
    'Broken variable expression',
    'An expression after $ does not follow ${NAME}, ${NAME:-default}, ${NAME:?message} or ${NAME:+value}. A $ that is meant literally is written $$.',
  ),
  'interpolation.required-variable': error(
    'A required variable is missing',
    'The file asks for a variable with ${NAME:?message} or ${NAME?message}, and it has no value.',
  ),
  'interpolation.unset-variable': warning('A variable is not set', 'The variable has no value anywhere, so the text becomes empty.'),
  'interpolation.cast': error('The value has the wrong type', 'The attribute takes a number or a boolean, and the text is neither.'),
  'interpolation.yaml11-boolean': warning(
    'An old spelling of a boolean',
    'YAML 1.2 knows true and false only; yes, no, on, off, y and n are taken, with this warning.',
  ),
  'merge.type': error(
    'Two files disagree about the type',
    'One file gives a list or a mapping where another gives something else, so the two cannot be brought together.',
  ),
  'include.syntax': error('Broken include', 'include is a list of paths, or of mappings with path, project_directory and env_file.'),
  'include.cycle': error('Files include each other', 'Following the includes never ends.'),
  'include.unknown-key': warning(
    'include has no such key',
    'An item of include has path, project_directory and env_file; any other key is ignored, as by the reference.',
  ),
  'extends.syntax': error('Broken extends', 'extends is a service name, or a mapping with service and, where it is elsewhere, file.'),
  'extends.cycle': error('Services extend each other', 'Following the extends never ends.'),
  'extends.unknown-key': warning('extends has no such key', 'extends has service and file; any other key is ignored, as by the reference.'),
  'extends.bound-service': error(
    'The service cannot be extended',
    'In a file of Fig or of Compose 1.0 to 1.5, a service with links, volumes_from or the network of a container cannot be extended: it names others, which the extending file may not have.',
  ),
  'extends.unknown-service': error('The extended service does not exist', 'extends names a service that its file does not define.'),
  'schema.unknown-key': error('Unknown key', 'The Compose Specification has no such key here, and keys of your own start with x-.'),
  'schema.newer-key': error('A key of a newer Compose', 'Docker Compose 5.7 knows this key; version 5.5, which fig follows, does not.'),
  'schema.type': error('Wrong type', 'The value has a type that the attribute does not take.'),
  'schema.value': error('Value not allowed', 'The value has the right type, but is not one of those allowed here.'),
  'schema.missing-key': error('A key is missing', 'The mapping needs a key that is not there.'),
  'schema.obsolete-version': warning('version is obsolete', 'The attribute is ignored and may be removed.'),
  'schema.x-fig': warning(
    'Nothing fig knows under x-fig',
    'x-fig holds settings of fig alone. A key that this version does not know, or a value that it cannot read, has no effect; the reference passes over all of x-fig.',
  ),
  'schema.old-external': warning('external.name is deprecated', 'The name of an external resource belongs in name.'),
  'value.invalid': error(
    'The value cannot be read',
    'The text does not follow the grammar of its attribute: a port, a mount, a duration, a size.',
  ),
  'value.suspicious': warning(
    'The value may not do what it seems to',
    'The reference takes the value, and fig does the same with it; but it is likely to mean something else than was intended.',
  ),
  'value.shell-operator': warning(
    'A shell operator without a shell',
    'A command given as one text is split into words, but no shell runs it: what follows ; & | < > is dropped.',
  ),
  'reference.unknown-service': error('Unknown service', 'A service is named that no file defines.'),
  'reference.unknown-network': error('Unknown network', 'A service joins a network that the top-level networks do not declare.'),
  'reference.unknown-volume': error('Unknown volume', 'A service mounts a volume that the top-level volumes do not declare.'),
  'reference.unknown-config': error('Unknown config', 'A service uses a config that the top-level configs do not declare.'),
  'reference.unknown-secret': error('Unknown secret', 'A service uses a secret that the top-level secrets do not declare.'),
  'reference.unknown-model': error('Unknown model', 'A service uses a model that the top-level models do not declare.'),
  'project.inconsistent': error('The project contradicts itself', 'Two settings of the project cannot both hold.'),
  'graph.cycle': error(
    'Services depend on each other in a circle',
    'No order of starting exists in which each service comes after those it depends on.',
  ),
  'check.no-healthcheck': warning(
    'A condition that may never hold',
    'A service waits until another one is healthy, and the file gives that one no health check, or switches it off. Unless its image brings one, the wait fails.',
  ),
  'check.port-clash': warning(
    'Two containers on one port',
    'Containers that may run at the same time publish the same port of the host; the engine gives it to one of them only.',
  ),
  'check.missing-file': warning(
    'A file or folder is not there',
    'The host has nothing at a path that the project mounts, builds from or reads. The engine makes an empty folder of its own for some mounts, and refuses the rest.',
  ),
  'check.unused': warning(
    'Nothing uses it',
    'A network, volume, config, secret or model is declared, and no service uses it; it is not made.',
  ),
  'check.empty-variable': warning(
    'An image or port from an empty variable',
    'A variable without a value stands in the name of an image or in a port: what is left is no name, another image, or a port that the engine chooses.',
  ),
  'request.unknown-service': error('No such service', 'The command names a service that the project does not have.'),
  'request.conflict': error('Options exclude each other', 'Two options of the command cannot be used together.'),
  'request.orphans': warning('Orphan containers', 'The engine has containers of this project whose service the files do not define.'),
  'request.left': warning(
    'Things left',
    'The command leaves things of the project on the engine, as Docker Compose does; the message says what takes them too.',
  ),
  'request.nothing': warning('Nothing to do', 'The engine has nothing of what the command is about.'),
  'request.namesake': warning(
    'Another folder has a project of this name',
    'The name comes from the folder, and containers of this name were made from another folder, which is still there with its Compose file. They would be changed, removed or left behind.',
  ),
  'request.namesake-refused': error(
    'Another folder has a project of this name',
    'As request.namesake, where the user said no, or FIG_PROJECT_GUARD=refuse says it for all times.',
  ),
  'request.busy': warning(
    'Another command works on the project',
    'Commands that change the same project take turns on one machine, since each plans for what it found. A command waits for a minute at the most, and goes on then.',
  ),
  'request.cancelled': warning(
    'Another command asked this one to end',
    'stop, kill and down do not wait for a command that works on the project, but ask it to end, as Ctrl+C does.',
  ),
  'request.not-yet': error(
    'Not yet in fig',
    'The Compose Specification has this, and fig reads and prints it, but cannot yet bring it to the engine.',
  ),
  'engine.unreachable': error(
    'The engine cannot be reached',
    'Nothing answers at the address of the container engine, or the connection was cut.',
  ),
  'engine.denied': error('The engine may not be used', 'The socket of the container engine exists, but this user may not open it.'),
  'engine.too-old': error('The engine is too old', 'fig needs an engine that speaks API version 1.41 or newer (Docker 20.10).'),
  'engine.refused': error('The engine refused', 'The engine answered a request with an error.'),
  'engine.not-found': error('The engine does not have it', 'A container, network, volume or image is not there.'),
  'engine.conflict': error('In conflict with the engine', 'A name is taken, or a resource is in a state that does not allow the request.'),
  'engine.port-in-use': error('The port is in use', 'A published port is held by another container or another program of the host.'),
  'engine.image-missing': error('The image is not to be had', 'The image is neither on the engine nor can it be pulled or built.'),
  'engine.pull-denied': error('The registry refused', 'The registry does not have the image, or asks for other credentials.'),
  'engine.build-failed': error('The build failed', 'A step of the image build failed.'),
  'execute.dependency-failed': error('A dependency failed', 'A service that others wait for ended, or became unhealthy.'),
  'execute.optional-dependency': warning(
    'An optional dependency failed',
    'A service that others wait for with required: false ended, or became unhealthy; those that wait go on without it.',
  ),
  'execute.timeout': error('Waiting took too long', 'The time given for waiting is over.'),
  'execute.provider-failed': error('A provider failed', 'A program that provides a service or a model did not do its part.'),
  'execute.overridden-variable': warning(
    'A variable is replaced',
    'A provider tells a variable that the service sets to another value; what the provider tells wins.',
  ),
  'execute.left-behind': warning('Something could not be removed', 'A container of a hook that has ended stays; the next run removes it.'),
  'execute.hook-failed': error('A hook failed', 'A command that was to run around the start or stop of a container failed.'),
} as const satisfies Record<string, CodeEntry>;

export type Code = keyof typeof codes;

/** Whether a code is told in one line. */
export function isBrief(code: Code): boolean {
  const entry: CodeEntry = codes[code];
  return entry.brief ?? false;
}

/** The severity that a code always has. */
export function severityOf(code: Code): 'error' | 'warning' {
  return codes[code].severity;
}
