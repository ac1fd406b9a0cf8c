// Laws of plans over generated projects and engines: any order that a plan allows ends in the state the project asks for, and then the plan is empty.

import { expect, test } from 'vitest';
import { containerName, defaultImageName, labels, temporaryName } from '../../../src/model/identity.ts';
import { named } from '../../../src/model/named.ts';
import type { Observed, ObservedContainer } from '../../../src/model/observed.ts';
import type { Project } from '../../../src/model/project.ts';
import { redactedModel } from '../../../src/plan/difference.ts';
import { effectiveService, networkHash, serviceHash, volumeHash } from '../../../src/plan/hash.ts';
import type { UpIntent } from '../../../src/plan/intent.ts';
import type { ContainerRef, OperationOf, StepId } from '../../../src/plan/operation.ts';
import type { Step } from '../../../src/plan/plan.ts';
import { decideService, plan } from '../../../src/plan/planners.ts';
import { fc } from '../properties.ts';
import { image, project, settled, up } from './world.ts';

/** An engine made of values: it refuses what a real one refuses. */
class Simulated {
  observed: Observed;
  /** Images that a pull or build brings. */
  readonly #images: Observed['images'];
  readonly #project: Project;
  readonly #made = new Map<StepId, string>();
  #next: number;

  /** `next` starts the ids of containers, which are not given twice. */
  constructor(made: Project, observed: Observed, images: Observed['images'], next = 1) {
    this.#next = next;
    this.#project = made;
    this.observed = observed;
    this.#images = images;
  }

  #resolve(container: ContainerRef): string {
    const id = 'id' in container ? container.id : (this.#made.get(container.from) ?? container.orElse);
    if (!this.observed.containers.some(other => other.id === id)) throw new Error(`no container ${id} (${container.name})`);
    return id ?? '';
  }

  #change(container: ContainerRef, changes: (old: ObservedContainer) => Partial<ObservedContainer> | undefined): void {
    const id = this.#resolve(container);
    const containers = this.observed.containers.flatMap(old => {
      const changed = old.id === id ? changes(old) : {};
      return changed ? { ...old, ...changed } : [];
    });
    this.observed = { ...this.observed, containers };
  }

  perform({ id, operation }: Step): void {
    switch (operation.kind) {
      case 'network.create': {
        const network = this.#project.networks[operation.network]!;
        if (this.observed.networks.some(({ name }) => name === network.name)) throw new Error(`network ${network.name} is there`);
        const made = { id: `made by ${id} ${this.#next++}`, name: network.name ?? '', labels: named<string>(), key: operation.network };
        this.observed = { ...this.observed, networks: [...this.observed.networks, { ...made, configHash: networkHash(network) }] };
        return;
      }
      case 'network.remove': {
        const user = this.observed.containers.find(({ networks }) => Object.values(networks).includes(operation.id));
        if (user) throw new Error(`network is used by ${user.name}`);
        this.observed = { ...this.observed, networks: this.observed.networks.filter(network => network.id !== operation.id) };
        return;
      }
      case 'network.disconnect':
        this.#change(operation.container, old => ({
          networks: named(Object.entries(old.networks).filter(([name]) => name !== operation.network)),
        }));
        return;
      case 'network.connect':
        this.#change(operation.container, old => ({
          networks: named([...Object.entries(old.networks), this.#attach(operation.network)]),
        }));
        return;
      case 'volume.create': {
        const volume = this.#project.volumes[operation.volume]!;
        const made = {
          name: volume.name ?? '',
          driver: 'local',
          labels: named<string>(),
          key: operation.volume,
          configHash: volumeHash(volume),
        };
        this.observed = { ...this.observed, volumes: [...this.observed.volumes, made] };
        return;
      }
      case 'image.pull':
      case 'image.build': {
        const brought = this.#images[operation.image] ?? image(operation.image);
        this.observed = { ...this.observed, images: named([...Object.entries(this.observed.images), [operation.image, brought] as const]) };
        return;
      }
      case 'container.create':
        this.#create(id, operation);
        return;
      case 'container.rename':
        if (this.observed.containers.some(({ name }) => name === operation.name)) throw new Error(`name ${operation.name} is taken`);
        this.#change(operation.container, () => ({ name: operation.name }));
        return;
      case 'container.start':
        for (const [name, networkId] of Object.entries(this.#of(operation.container).networks))
          if (networkId !== '' && !this.observed.networks.some(network => network.id === networkId))
            throw new Error(`network ${name} is gone`);
        this.#change(operation.container, () => ({ state: 'running', health: 'healthy' }));
        return;
      case 'container.stop':
        this.#change(operation.container, () => ({ state: 'exited' }));
        return;
      case 'container.remove':
        if (this.#of(operation.container).state === 'running') throw new Error(`${operation.container.name} still runs`);
        this.#change(operation.container, () => undefined);
        return;
      case 'container.wait':
        if (this.#of(operation.container).state !== 'running') throw new Error(`${operation.container.name} does not run`);
        return;
      default:
        throw new Error(`unexpected ${operation.kind}`);
    }
  }

  #of(container: ContainerRef): ObservedContainer {
    const id = this.#resolve(container);
    return this.observed.containers.find(other => other.id === id)!;
  }

  #attach(key: string): readonly [string, string] {
    const name = this.#project.networks[key]?.name ?? '';
    const found = this.observed.networks.find(network => network.name === name);
    if (!found) throw new Error(`no network ${name}`);
    return [name, found.id];
  }

  #create(step: StepId, operation: OperationOf<'container.create'>): void {
    const { service: name, replica: number, name: final } = operation;
    const replaces = operation.replaces?.id;
    const service = this.#project.services[name]!;
    const id = `${this.#next++}`.padStart(12, '0').padEnd(64, '0');
    const actual = replaces ? temporaryName(replaces, final) : final;
    if (this.observed.containers.some(container => container.name === actual)) throw new Error(`name ${actual} is taken`);
    const shared = named(Object.entries(operation.sharing ?? {}).map(([other, reference]) => [other, this.#resolve(reference)]));
    const effective = effectiveService(this.#project, service, other => shared[other]);
    if (JSON.stringify(effective).includes('service:')) throw new Error(`${name} shares with a service that has no container`);
    const reference = defaultImageName(this.#project, service);
    const present = this.observed.images[reference];
    if (!present) throw new Error(`no image ${reference}`);
    this.#made.set(step, id);
    const container: ObservedContainer = {
      id,
      name: actual,
      image: reference,
      imageId: present.id,
      state: 'created',
      status: '',
      health: 'none',
      createdAt: 1000 + this.#next,
      command: '',
      labels: named([[labels.image, present.digest]]),
      service: name,
      number,
      oneOff: false,
      configHash: serviceHash(effective),
      model: redactedModel(this.#project, effective),
      networks: named(Object.keys(service.networks ?? {}).map(key => this.#attach(key))),
      ports: [],
      mounts: (service.volumes ?? []).map(({ type, source, target }) => ({
        type,
        name: this.#project.volumes[source ?? '']?.name ?? '',
        source: '',
        destination: target ?? '',
        readOnly: false,
      })),
    };
    this.observed = { ...this.observed, containers: [...this.observed.containers, container] };
  }
}

/** Runs a plan, or its first steps, as execute/ does, taking one of the steps that are ready as `choose` says; throws where the engine would refuse. */
function execute(
  intent: UpIntent,
  made: Project,
  engine: Simulated,
  choose: (count: number) => number,
  most = Number.POSITIVE_INFINITY,
): readonly StepId[] {
  const before = engine.observed;
  const steps = new Map<StepId, Step>(plan(intent, made, before).steps.map(step => [step.id, step]));
  const waiting = new Set(steps.keys());
  const done = new Set<StepId>();
  const decided = new Map<StepId, readonly StepId[]>();
  const run: StepId[] = [];
  while (waiting.size > 0 && run.length < most) {
    const ready = [...waiting].filter(id => steps.get(id)!.after.every(other => done.has(other)));
    if (ready.length === 0 && decided.size === 0) throw new Error(`nothing is ready of ${[...waiting].join(', ')}`);
    const id = ready[choose(ready.length)];
    if (id !== undefined) {
      waiting.delete(id);
      const step = steps.get(id)!;
      if (step.operation.kind === 'decide') {
        const yielded = decideService(
          intent,
          made,
          { ...before, images: engine.observed.images },
          step.operation.service,
          new Set(steps.keys()),
        );
        for (const one of yielded) {
          steps.set(one.id, one);
          waiting.add(one.id);
        }
        decided.set(
          id,
          yielded.map(one => one.id),
        );
      } else {
        const passed = step.when?.is === 'planned' ? !steps.has(step.when.step) : step.when !== undefined;
        if (!passed) {
          engine.perform(step);
          run.push(id);
        }
        done.add(id);
      }
    }
    let ended = false;
    for (const [decide, yielded] of decided) {
      if (!yielded.every(one => done.has(one))) continue;
      decided.delete(decide);
      done.add(decide);
      ended = true;
    }
    if (id === undefined && !ended) throw new Error(`stuck at ${[...waiting].join(', ')}`);
  }
  return run;
}

interface Shape {
  readonly scale: number;
  readonly command: string;
  readonly needs: readonly number[];
  readonly restart: boolean;
  readonly shares: boolean;
  readonly healthy: boolean;
  readonly volume: boolean;
  readonly always: boolean;
}

const shape: fc.Arbitrary<Shape> = fc.record({
  scale: fc.nat(3),
  command: fc.constantFrom('a', 'b'),
  needs: fc.array(fc.nat(5), { maxLength: 3 }),
  restart: fc.boolean(),
  shares: fc.boolean(),
  healthy: fc.boolean(),
  volume: fc.boolean(),
  always: fc.boolean(),
});

/** A project of services `s0`… that need only those with lower numbers. */
function textOf(shapes: readonly Shape[], mtu: number): string {
  const lines = ['name: law', 'services:'];
  shapes.forEach((one, index) => {
    const needs = [...new Set(one.needs)].filter(other => other < index);
    const shared = one.shares ? needs.find(other => (shapes[other]?.scale ?? 0) > 0) : undefined;
    lines.push(
      `  s${index}:`,
      `    image: i${index % 2}`,
      `    command: ${one.command}`,
      `    scale: ${shared === undefined ? one.scale : Math.min(1, one.scale)}`,
    );
    lines.push('    healthcheck: {test: "true"}');
    if (one.always) lines.push('    pull_policy: always');
    if (one.volume) lines.push('    volumes: [data:/data]');
    if (shared !== undefined) lines.push(`    network_mode: "service:s${shared}"`);
    if (needs.length > 0) lines.push('    depends_on:');
    for (const other of needs)
      lines.push(`      s${other}: {condition: ${one.healthy ? 'service_healthy' : 'service_started'}, restart: ${one.restart}}`);
  });
  lines.push('networks:', `  default: {driver_opts: {mtu: ${mtu}}}`, 'volumes:', '  data:');
  return `${lines.join('\n')}\n`;
}

const shapes = fc.array(shape, { minLength: 1, maxLength: 6 });

/** Whether all that a project asks for is there, runs, and has its own name. */
function expectSettled(made: Project, observed: Observed): void {
  for (const service of Object.values(made.services)) {
    const own = observed.containers.filter(container => container.service === service.name);
    expect(own.map(({ state }) => state)).toEqual(Array(Number(service.scale ?? 1)).fill('running'));
    for (const container of own) expect(container.name).toBe(containerName(made, service, container.number ?? 0));
  }
  const quiet = { ...made, services: named(Object.entries(made.services).map(([name, { pull_policy, ...rest }]) => [name, rest])) };
  expect(plan(up, quiet, observed).steps.map(({ id }) => id)).toEqual([]);
}

test('from any state of another version, with other images, in any order that the plan allows, the project settles', async () => {
  const pulled = fc.array(fc.boolean(), { minLength: 2, maxLength: 2 });
  const states = fc.array(fc.constantFrom('running', 'exited', 'created', 'dead'), { maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(
      shapes,
      fc.record({ shapes: fc.option(shapes, { nil: undefined }), mtu: fc.constantFrom(1400, 1500), pulled, states }),
      fc.array(fc.nat(), { minLength: 20, maxLength: 20 }),
      async (wanted, before, choices) => {
        const made = await project(textOf(wanted, 1400));
        const old = await project(textOf(before.shapes ?? wanted, before.mtu));
        const there = settled(old);
        const containers = there.containers.map((container, index) => ({
          ...container,
          state: before.states[index] ?? ('running' as const),
        }));
        const images = named(
          ['i0', 'i1'].map((name, index) => [name, image(name, before.pulled[index] ? { digest: `sha256:new ${name}` } : {})]),
        );
        const present = named(['i0', 'i1'].map(name => [name, image(name)]));
        const engine = new Simulated(made, { ...there, containers, images: present }, images);
        let turn = 0;
        const intent = { ...up, removeOrphans: true };
        execute(intent, made, engine, count => (count === 0 ? 0 : (choices[turn++ % choices.length] ?? 0) % count));
        expectSettled(made, engine.observed);
      },
    ),
    { numRuns: 150 },
  );
}, 60_000);

test('nothing that runs is stopped before all that is new has been made, and nothing starts before all that is old is gone', async () => {
  await fc.assert(
    fc.asyncProperty(shapes, shapes, fc.array(fc.nat(), { minLength: 20, maxLength: 20 }), async (wanted, before, choices) => {
      const made = await project(
        textOf(
          wanted.map(one => ({ ...one, always: false })),
          1400,
        ),
      );
      const there = settled(await project(textOf(before, 1400)));
      const engine = new Simulated(made, { ...there, images: named(['i0', 'i1'].map(name => [name, image(name)])) }, named());
      let turn = 0;
      const run = execute(up, made, engine, count => (count === 0 ? 0 : (choices[turn++ % choices.length] ?? 0) % count));
      const kinds = run.map(id => id.slice(id.lastIndexOf('/') + 1));
      const last = (kind: string) => kinds.lastIndexOf(kind);
      const first = (kind: string) => (kinds.includes(kind) ? kinds.indexOf(kind) : Number.POSITIVE_INFINITY);
      expect(last('create')).toBeLessThan(Math.min(first('stop'), first('remove'), first('start')));
      expect(Math.max(last('stop'), last('remove'), last('rename'))).toBeLessThan(first('start'));
    }),
    { numRuns: 100 },
  );
}, 60_000);

test('cut off anywhere and run again, the project settles', async () => {
  await fc.assert(
    fc.asyncProperty(
      shapes,
      fc.option(shapes, { nil: undefined }),
      fc.record({ mtu: fc.constantFrom(1400, 1500), most: fc.nat(25), pulled: fc.boolean() }),
      fc.array(fc.nat(), { minLength: 20, maxLength: 20 }),
      async (wanted, before, { mtu, most, pulled }, choices) => {
        const made = await project(textOf(wanted, 1400));
        const there = settled(await project(textOf(before ?? wanted, mtu)));
        const present = named(['i0', 'i1'].map(name => [name, image(name)]));
        const images = pulled ? named(['i0', 'i1'].map(name => [name, image(name, { digest: `sha256:new ${name}` })])) : present;
        let turn = 0;
        const choose = (count: number) => (count === 0 ? 0 : (choices[turn++ % choices.length] ?? 0) % count);
        const intent = { ...up, removeOrphans: true };
        const first = new Simulated(made, { ...there, images: present }, images);
        execute(intent, made, first, choose, most);
        const second = new Simulated(made, first.observed, images, 100);
        execute(intent, made, second, choose);
        expectSettled(made, second.observed);
      },
    ),
    { numRuns: 150 },
  );
}, 60_000);
