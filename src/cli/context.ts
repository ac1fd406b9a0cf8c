// Context: what a command works with. It opens projects and the engine on demand, shows runs, and says what went wrong.
import { readFile } from 'node:fs/promises';
import type {
  Answer,
  ApplyOptions,
  Diagnostic,
  Engine,
  Event,
  Intent,
  Loaded,
  Outcome,
  Project,
  Question,
  Run,
  Step,
  Turns,
} from '../index.ts';
import { chooseView } from '../view/choose.ts';
import { printDiagnostics } from '../view/diagnostics.ts';
import { maskUrls } from '../view/secrets.ts';
import { colourTheme, plainTheme, type Theme } from '../view/theme.ts';
import type { Output, View } from '../view/view.ts';
import { displayChoice, type GlobalFlags, isSwitchedOn, type LoadOptions, loadRequest } from './project-flags.ts';
import { confirm } from './prompt.ts';
import { isCalledDockerCompose, isPlugin, type Surroundings } from './surroundings.ts';

/** Ends a command: with sentences for stderr, or in silence. Thrown by commands, caught in cli.ts. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure';
  readonly exitCode: number;

  constructor(message: string, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** What commands that know few values of `--format` say to another one, in the reference's words. */
export function unknownFormat(format: string | undefined): CommandFailure {
  return new CommandFailure(`format value ${JSON.stringify(format)} could not be parsed: parsing failed`);
}

/** A project that was read, or merely the name of one: `-p shop ps` needs no file. */
export interface Selection {
  readonly name: string;
  readonly project?: Project;
}

/** The services asked for and those they depend on, or all. */
export type Extent = 'selected' | 'whole';

export type Api = typeof import('../index.ts');

/** How one run is shown. */
export interface PerformOptions {
  /** For the header of the live view: `up`. */
  readonly title: string;
  readonly build?: Omit<NonNullable<ApplyOptions['build']>, 'pluginDirectories' | 'configDirectory' | 'environment'>;
  /** Shows no progress of pulls (`--quiet-pull`) or builds (`--quiet-build`). */
  readonly quiet?: { readonly pull?: boolean; readonly build?: boolean };
  /** Shows no progress at all (`run --quiet`). */
  readonly silent?: boolean;
  /** `--yes`: every question is answered so. */
  readonly yes?: boolean;
  /** The logs follow: progress is not shown on until the end. */
  readonly attached?: boolean;
}

export class Context {
  readonly surroundings: Surroundings;
  readonly globals: GlobalFlags;
  readonly dryRun: boolean;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly coloured: boolean;
  readonly #display: { readonly progress: 'auto' | 'tty' | 'plain' | 'json' | 'quiet'; readonly ansi: 'auto' | 'always' | 'never' };
  #engine: Engine | undefined;
  #environment: Readonly<Record<string, string>>;

  /** Throws CommandFailure where the options before the command make no sense. */
  constructor(surroundings: Surroundings, globals: GlobalFlags, dryRun: boolean) {
    const display = displayChoice(globals, surroundings.environment);
    if ('wrong' in display) throw new CommandFailure(display.wrong);
    this.surroundings = surroundings;
    this.globals = globals;
    this.dryRun = dryRun || globals.dryRun;
    this.stdout = surroundings.stdout;
    this.stderr = surroundings.stderr;
    this.coloured = display.coloured;
    this.#display = display;
    this.#environment = surroundings.environment;
  }

  /** fig's public API, loaded once it is wanted. */
  api(): Promise<Api> {
    return import('../index.ts');
  }

  /** A COMPOSE_ variable: of the process, or of the project's `.env` once a project was opened. */
  setting(name: string): string | undefined {
    return this.surroundings.environment[name] ?? this.#environment[name];
  }

  /** Whether a COMPOSE_ switch is on. */
  isOn(name: string): boolean {
    return isSwitchedOn(this.setting(name));
  }

  /** Reads the project and shows its warnings. Ends the command with the diagnostics where it cannot be read. */
  async load(options: LoadOptions = {}): Promise<Extract<Loaded, { ok: true }>> {
    const loaded = await this.tryLoad({ uniqueContainerNames: true, ...options });
    if (loaded.ok) return this.accept(loaded);
    await this.report(loaded.diagnostics);
    throw new CommandFailure('');
  }

  /** Reads the project and says nothing. */
  async tryLoad(options: LoadOptions = {}): Promise<Loaded> {
    void this.#parallel;
    const { openProject } = await this.api();
    return openProject(loadRequest(this.globals, this.surroundings, options));
  }

  /** Shows the warnings of a project, which counts as opened from here on. */
  async accept<L extends Extract<Loaded, { ok: true }>>(loaded: L): Promise<L> {
    await this.report(loaded.warnings);
    this.#environment = loaded.project.environment;
    this.debug(`project "${loaded.project.name}" of ${loaded.project.files.join(', ')}`);
    return loaded;
  }

  /** The project of the files. */
  async project(services: readonly string[] = [], withoutDependencies = false, options: LoadOptions = {}): Promise<Project> {
    return (await this.load({ services, withoutDependencies, ...options })).project;
  }

  /** The project of the files, or only its name: with `-p` and no `-f` no file is read, as the reference does. */
  async select(services: readonly string[] = [], extent: Extent = 'selected'): Promise<Selection> {
    const { projectName, file } = this.globals;
    if (projectName && file.length === 0) return { name: projectName };
    const loaded = await this.#loadExtent(services, extent);
    if (loaded.ok) return { name: loaded.project.name, project: (await this.accept(loaded)).project };
    const name = this.surroundings.environment['COMPOSE_PROJECT_NAME'];
    if (name) return { name };
    await this.report(loaded.diagnostics);
    throw new CommandFailure('');
  }

  /** The whole project needs no selection, but where a name is not in it: then the selection switches its profile on, or says that it is unknown. */
  async #loadExtent(services: readonly string[], extent: Extent): Promise<Loaded> {
    if (extent === 'selected') return this.tryLoad({ services });
    const whole = await this.tryLoad();
    return whole.ok && services.every(name => name in whole.project.services) ? whole : this.tryLoad({ services });
  }

  /** The selected project; where only its name is known, as the engine remembers it. */
  async selectedProject(services: readonly string[] = [], extent: Extent = 'selected'): Promise<Project> {
    const { name, project } = await this.select(services, extent);
    if (project) return project;
    const { recallProject } = await this.api();
    return recallProject(await this.engine(), name);
  }

  /** The engine; one connection a command. */
  async engine(): Promise<Engine> {
    if (this.#engine) return this.#engine;
    void this.#parallel;
    const { connect } = await this.api();
    const { host, context } = this.globals;
    const { environment, home } = this.surroundings;
    this.#engine = await connect({ environment, home, ...(host ? { host } : {}), ...(context ? { context } : {}) });
    return this.#engine;
  }

  /** What every run is given. */
  async applyOptions(options: PerformOptions): Promise<ApplyOptions> {
    const parallel = this.#parallel;
    const { locksOf, turnVariable } = await this.api();
    const { environment } = this.surroundings;
    return {
      dryRun: this.dryRun,
      now: () => this.surroundings.now(),
      build: {
        pluginDirectories: this.#pluginDirectories(),
        configDirectory: this.#dockerDirectory,
        environment: this.surroundings.environment,
        ...options.build,
      },
      ...(parallel > 0 ? { parallel } : {}),
      ...(this.#asReference ? {} : { guard: this.setting('FIG_PROJECT_GUARD') === 'refuse' ? ('refuse' as const) : ('warn' as const) }),
      consent: question => this.#consent(question, options.yes),
      turns: this.#turns(options.title, locksOf(environment), environment[turnVariable]),
    };
  }

  /** Whether fig was called in the reference's place, where nothing asks that would not ask there. */
  get #asReference(): boolean {
    return isPlugin(this.surroundings) || isCalledDockerCompose(this.surroundings);
  }

  /** Whether somebody sits there who sees what is said and may answer. */
  get #isAttended(): boolean {
    return this.stderr.isTerminal && this.surroundings.stdin.isTerminal;
  }

  /** What the reference asks too, it is asked in its way: on stdout, with any line of the input for an answer. */
  async #consent({ about, text }: Question, yes = false): Promise<Answer> {
    if (about === undefined) return yes || (await this.confirm(text)) ? 'yes' : 'no';
    if (!this.#isAttended && !yes) return 'nobody';
    await this.report([about]);
    return yes || (await confirm(text, this.surroundings, this.stderr)) ? 'yes' : 'no';
  }

  #turns(command: string, locks: Turns['locks'], within: string | undefined): Turns {
    return {
      locks,
      command: `${this.#asReference ? 'docker-compose' : 'fig'} ${command}`,
      cancels: !this.#asReference,
      ...(within === undefined ? {} : { within }),
      after: (ms, signal) => this.surroundings.after(ms, signal),
    };
  }

  /** The most calls at the same time; none where it is not above 0. */
  get #parallel(): number {
    const { parallel } = this.globals;
    const limit = this.setting('COMPOSE_PARALLEL_LIMIT') || '-1';
    if (parallel !== undefined) return parallel;
    if (!/^[+-]?\d+$/.test(limit)) throw new CommandFailure(`COMPOSE_PARALLEL_LIMIT must be an integer (found: ${JSON.stringify(limit)})`);
    return Number(limit);
  }

  get #dockerDirectory(): string {
    return this.surroundings.environment['DOCKER_CONFIG'] || `${this.surroundings.home}/.docker`;
  }

  /** A text of the docker command's config.json; undefined where there is no such file, or nothing like it in the file. */
  async dockerSetting(key: string): Promise<string | undefined> {
    try {
      const settings = JSON.parse(await readFile(`${this.#dockerDirectory}/config.json`, 'utf8')) as Record<string, unknown>;
      const value = settings[key];
      return typeof value === 'string' && value !== '' ? value : undefined;
    } catch (failure) {
      this.debug(`no settings of the docker command: ${(failure as Error).message}`);
      return undefined;
    }
  }

  #pluginDirectories(): readonly string[] {
    const config = this.#dockerDirectory;
    const shared = ['/usr/local/lib/docker', '/usr/local/libexec/docker', '/usr/lib/docker', '/usr/libexec/docker'];
    return [config, ...shared].map(directory => `${directory}/cli-plugins`);
  }

  /** Does what the intent says and shows it; resolves to the exit code. */
  async apply(project: Project, intent: Intent, options: PerformOptions): Promise<number> {
    const { apply } = await this.api();
    const outcome = await this.perform(apply(project, intent, await this.engine(), await this.applyOptions(options)), options);
    return outcome.exitCode;
  }

  /** Shows a run until it has ended: progress while it lasts, then its warnings and errors. */
  async perform(run: Run, options: PerformOptions): Promise<Outcome> {
    const stopListening = this.surroundings.onInterrupt(signal => run.interrupt(signal));
    const view = await this.#view(options);
    const hidden = quietSteps(options);
    const warnings: Diagnostic[] = [];
    let isPlanned = false;
    try {
      for await (const event of run.events()) {
        isPlanned ||= event.type === 'plan.started';
        // Before there is a plan nothing is drawn yet, and it may be long until there is one.
        if (event.type === 'warning') isPlanned ? warnings.push(event.diagnostic) : await this.report([event.diagnostic]);
        this.#tellSteps(event);
        if (options.attached) await this.#tellAttached(event, view);
        if (!hidden(event)) view.show(event);
      }
    } finally {
      await view.close();
      stopListening();
    }
    const outcome = await run.done;
    await this.report([...warnings, ...outcome.diagnostics]);
    return outcome;
  }

  #view({ title, silent, attached = false }: PerformOptions): Promise<View> {
    const { progress, ansi } = this.#display;
    const now = () => this.surroundings.now();
    return chooseView(
      { progress: silent ? 'quiet' : progress, ansi, coloured: this.coloured, dryRun: this.dryRun, title, attached, now },
      this.stderr,
      this.stdout,
    );
  }

  /** What attached `up` says beside progress and logs. The live view ends where the logs begin: both would fight for the same lines. */
  async #tellAttached(event: Event, view: View): Promise<void> {
    if (event.type === 'attaching') {
      await view.close();
      this.stdout.write(`Attaching to ${event.containers.join(', ')}\n`);
    } else if (event.type === 'stopping') {
      const why = event.because === 'interrupted' ? 'Gracefully Stopping... press Ctrl+C again to force' : 'Aborting on container exit...';
      const { progress, ansi } = this.#display;
      const isLive = progress === 'tty' || (progress === 'auto' && this.stderr.isTerminal && ansi !== 'never');
      this.stderr.write(isLive ? `${why}\n` : ` Compose Stopping ${why}\n`);
    }
  }

  /** Shows diagnostics on stderr: as text, or one JSON object each where progress is JSON. Warnings can be silenced by the log level. */
  async report(diagnostics: readonly Diagnostic[]): Promise<void> {
    const silent = ['error', 'fatal', 'panic'].includes(this.globals.logLevel ?? '');
    const shown = silent ? diagnostics.filter(({ severity }) => severity === 'error') : diagnostics;
    if (shown.length === 0) return;
    if (this.#display.progress === 'json') {
      const records = shown.map(({ severity, message }) =>
        severity === 'error' ? { error: true, message: maskUrls(message) } : { level: 'warning', msg: maskUrls(message) },
      );
      this.stderr.write(records.map(record => `${JSON.stringify(record)}\n`).join(''));
      return;
    }
    this.stderr.write(printDiagnostics(shown, { directory: this.surroundings.workingDirectory, theme: await this.theme(this.stderr) }));
  }

  /** The colours of a stream, or none. */
  async theme(output: Output): Promise<Theme> {
    return this.colours(output) ? colourTheme() : plainTheme;
  }

  /** Whether colours go to a stream. */
  colours(output: Output): boolean {
    return this.coloured && (output.isTerminal || this.#display.ansi === 'always');
  }

  /** One line for `--verbose`. */
  debug(line: string): void {
    if (this.globals.verbose || this.globals.debug || this.globals.logLevel === 'debug') this.stderr.write(`debug: ${line}\n`);
  }

  #tellSteps(event: Event): void {
    if (event.type === 'plan.started') this.#tell(event.plan.steps);
    else if (event.type === 'plan.extended') this.#tell(event.steps);
  }

  #tell(steps: readonly Step[]): void {
    for (const { id, after, cause } of steps) this.debug(`${id}: ${cause.reason}${after.length > 0 ? `, after ${after.join(', ')}` : ''}`);
  }

  /** `NAME` with the value that the environment gives it; anything else as it is. A name without a value stays alone. */
  withValue(entry: string): string {
    const value = this.setting(entry);
    return entry.includes('=') || value === undefined ? entry : `${entry}=${value}`;
  }

  /** The variables of env files, `NAME=VALUE` each. */
  async variablesOf(files: readonly string[]): Promise<readonly string[]> {
    if (files.length === 0) return [];
    const { readEnvFiles } = await this.api();
    const { workingDirectory } = this.surroundings;
    const variables = await readEnvFiles(files, { directory: workingDirectory, environment: this.surroundings.environment });
    return Object.entries(variables).map(([name, value]) => `${name}=${value}`);
  }

  /** Asks, and takes a line of the input for an answer. */
  confirm(question: string): Promise<boolean> {
    return confirm(question, this.surroundings, this.stdout);
  }

  /** Ends what keeps the process alive. */
  close(): void {
    this.#engine?.close();
  }
}

/** Which events a quiet pull or build leaves out. */
function quietSteps(options: PerformOptions): (event: Event) => boolean {
  const silent = new Set<string>();
  const { pull = false, build = false } = options.quiet ?? {};
  const learn = (steps: readonly Step[]) => {
    for (const { id, operation } of steps) {
      if ((pull && operation.kind === 'image.pull') || (build && operation.kind === 'image.build')) silent.add(id);
    }
  };
  return event => {
    if (event.type === 'plan.started') learn(event.plan.steps);
    if (event.type === 'plan.extended') learn(event.steps);
    return event.type === 'step.progressed' && silent.has(event.step);
  };
}
