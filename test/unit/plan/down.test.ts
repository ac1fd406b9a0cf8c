// Plans of `down` as golden texts.
import { expect, test } from 'vitest';
import { labels, projectFromLabels } from '../../../src/model/identity.ts';
import { named } from '../../../src/model/named.ts';
import { plan } from '../../../src/plan/planners.ts';
import { down, fresh, image, planText, project, settled } from './world.ts';

const shop = `
name: shop
services:
  web: {image: busybox, depends_on: [db], networks: [default, outside], volumes: ["data:/d", "kept:/k"], pre_stop: [{command: bye}]}
  db: {image: postgres, volumes: [data:/data]}
networks:
  outside: {external: true}
volumes:
  data:
  kept: {external: true}
`;

test('dependents go first, each with its hooks; then the networks of the project; volumes and external things stay', async () => {
  const made = await project(shop);
  expect(planText(plan(down, made, settled(made)))).toMatchInlineSnapshot(`
    "
    web-1/pre_stop-1 | first | down
    web-1/stop | after web-1/pre_stop-1 | down
    web-1/remove | after web-1/stop | down
    db-1/stop | after web-1/remove | down
    db-1/remove | after db-1/stop | down
    network:default/remove | after db-1/remove | down
    "
  `);
});

test('-v leaves the volumes that x-fig keeps, and none at all is nothing to do', async () => {
  const keeping = await project(
    'services: {web: {image: a, network_mode: none, volumes: ["d:/d", "e:/e"]}}\nvolumes: {d: , e: }\nx-fig: {keep: [d]}',
  );
  const text = planText(plan({ ...down, volumes: true }, keeping, settled(keeping)));
  expect(text).toContain('volume:e/remove');
  expect(text).not.toContain('volume:d/');
  const kept = await project('services: {web: {image: a, network_mode: none, volumes: ["d:/d"]}}\nvolumes: {d: }\nx-fig: {keep: [d]}');
  const { volumes } = settled(kept);
  expect(plan({ ...down, volumes: true }, kept, { ...fresh(kept), volumes }).notices.map(({ code }) => code)).toEqual(['request.nothing']);
});

test('-v takes the volumes of the project, and says that data is lost', async () => {
  const made = await project(shop);
  expect(planText(plan({ ...down, volumes: true }, made, settled(made)))).toMatchInlineSnapshot(`
    "
    web-1/pre_stop-1 | first | down
    web-1/stop | after web-1/pre_stop-1 | down
    web-1/remove | after web-1/stop | down
    db-1/stop | after web-1/remove | down
    db-1/remove | after db-1/stop | down
    network:default/remove | after db-1/remove | down
    volume:data/remove | after db-1/remove | --volumes LOSES DATA
    "
  `);
});

test('what does not run is stopped without its hooks, as scripts look for the word', async () => {
  const made = await project(shop);
  const observed = settled(made, { 'web-1': { state: 'exited' }, 'db-1': { state: 'created' } });
  expect(planText(plan(down, made, observed))).toMatchInlineSnapshot(`
    "
    web-1/stop | first | down
    web-1/remove | after web-1/stop | down
    db-1/stop | after web-1/remove | down
    db-1/remove | after db-1/stop | down
    network:default/remove | after db-1/remove | down
    "
  `);
});

test('a service that was removed from the file is an orphan, and goes only when asked', async () => {
  const before = await project('name: one\nservices:\n  web: {image: i}\n  old: {image: i}\n');
  const made = await project('name: one\nservices:\n  web: {image: i}\n');
  expect(planText(plan(down, made, settled(before)))).not.toContain('old');
  expect(planText(plan({ ...down, removeOrphans: true }, made, settled(before)))).toMatchInlineSnapshot(`
    "
    web-1/stop | first | down
    web-1/remove | after web-1/stop | down
    orphan:one-old-1/stop | after web-1/remove | orphaned
    orphan:one-old-1/remove | after orphan:one-old-1/stop | orphaned
    network:default/remove | after orphan:one-old-1/remove | down
    "
  `);
});

test('a running one-off stays, unless orphans go', async () => {
  const made = await project('name: one\nservices:\n  web: {image: i}\n');
  const [web] = settled(made).containers;
  const { number, ...rest } = web!;
  expect(number).toBe(1);
  const observed = { ...settled(made), containers: [{ ...rest, name: 'one-web-run-abc', oneOff: true }] };
  expect(planText(plan(down, made, observed))).not.toContain('one-web-run-abc/remove');
  expect(planText(plan({ ...down, removeOrphans: true }, made, observed))).toContain('one-web-run-abc/remove');
});

test('with a service named, it goes and what depends on it', async () => {
  const made = await project(shop);
  const text = planText(plan({ ...down, services: ['web'] }, made, settled(made)));
  expect(text).toContain('web-1/remove');
  expect(text).not.toContain('db-1/remove');
  expect(planText(plan({ ...down, services: ['db'] }, made, settled(made)))).toContain('db-1/stop | after web-1/remove');
});

test('--rmi local takes what was built for the project, --rmi all every image', async () => {
  const made = await project('name: b\nservices:\n  a: {build: .}\n  b: {build: ., image: own}\n  c: {image: busybox}\n');
  const built = image('own', { labels: named([[labels.project, 'b']]) });
  const observed = { ...fresh(made), images: named([...Object.entries(fresh(made).images), ['own', built] as const]) };
  expect(planText(plan({ ...down, images: 'local' }, made, observed))).toMatchInlineSnapshot(`
    "
    image:b-a/remove | first | --rmi local
    image:own/remove | first | --rmi local
    "
  `);
  expect(planText(plan({ ...down, images: 'all' }, made, observed))).toContain('image:busybox/remove | first | --rmi all');
});

test('a project without files is known by its labels alone', async () => {
  const made = await project(shop);
  const { containers, networks, volumes } = settled(made);
  const labelled = containers.map(container => ({
    ...container,
    labels: named([
      [labels.dependsOn, container.service === 'web' ? 'db:service_started:false' : ''],
      [labels.configFiles, '/p/compose.yaml'],
    ]),
  }));
  const known = projectFromLabels('shop', labelled, networks, volumes);
  expect(known.files).toEqual(['/p/compose.yaml']);
  expect(planText(plan({ ...down, volumes: true }, known, { ...settled(made), containers: labelled }))).toMatchInlineSnapshot(`
    "
    web-1/stop | first | down
    web-1/remove | after web-1/stop | down
    db-1/stop | after web-1/remove | down
    db-1/remove | after db-1/stop | down
    network:default/remove | after db-1/remove | down
    volume:data/remove | after db-1/remove | --volumes LOSES DATA
    "
  `);
});

test('where there is nothing at all, a warning says so', () => {
  const known = projectFromLabels('gone', []);
  const observed = { apiVersion: '1.41', containers: [], networks: [], volumes: [], images: named<never>() };
  expect(planText(plan(down, known, observed))).toMatchInlineSnapshot(`
    "
    request.nothing: Warning: No resource found to remove for project "gone".
    "
  `);
});

test('what stays though a user may not expect it is told: one-offs that run, and with -v volumes that no service uses', async () => {
  const made = await project(shop);
  const observed = settled(made);
  const oneOff = { ...observed.containers[0]!, id: 'f'.repeat(64), name: 'shop-db-run-0123456789ab', oneOff: true };
  const unused = { name: 'shop_old', driver: 'local', key: 'old', labels: named([[labels.project, 'shop']]) };
  const foreign = { name: 'other_old', driver: 'local', key: 'old', labels: named([[labels.project, 'other']]) };
  const all = { ...observed, containers: [...observed.containers, oneOff], volumes: [...observed.volumes, unused, foreign] };
  const told = (changes: Partial<typeof down>) => plan({ ...down, ...changes }, made, all).notices.map(({ message }) => message);
  expect(told({})).toEqual([
    'one-off containers run on, on networks that stay for them: shop-db-run-0123456789ab. --remove-orphans takes them too',
  ]);
  expect(told({ removeOrphans: true, volumes: true })).toEqual([
    'volumes of this project that no service uses stay: shop_old. --all-resources takes those that the files declare, "docker volume rm" the others',
  ]);
  expect(told({ services: ['db'], volumes: true })).toEqual([]);
});
