// The whole program against what the reference answered, where that lies beside the repository: the corpus of public projects through the
// built command, and the exact bytes behind configuration hashes through the loader.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { networkJson, serviceJson, volumeJson } from '../../src/exporters/compose.ts';
import type { Network, Volume } from '../../src/model/resources.ts';
import type { Service } from '../../src/model/service.ts';
import { networkHash, serviceHash, volumeHash } from '../../src/plan/hash.ts';
import { project } from '../unit/compose/loading.ts';

const root = new URL('../../', import.meta.url).pathname;
const compare = join(root, '../shared/corpus/compare.mjs');
const fixtures = join(root, '../shared/hash/fixtures.json');
const isAbsent = !existsSync(compare) || !existsSync(fixtures);
if (isAbsent) process.stderr.write('shared.test.ts: no corpus beside the repository, so its cases are left out\n');

interface HashGroup {
  readonly workingDir: string;
  readonly env: Readonly<Record<string, string>>;
  readonly home: string;
  readonly files: Readonly<Record<string, string>>;
  readonly objects: readonly {
    readonly kind: 'service' | 'network' | 'volume';
    readonly name: string;
    readonly json: string;
    readonly sha256: string;
  }[];
}

describe.skipIf(isAbsent)('as the reference', () => {
  test('config prints and hashes every project of the corpus', { timeout: 900_000 }, () => {
    const fig = `${process.execPath} ${join(root, 'dist/fig.cjs')}`;
    const { stdout, status } = spawnSync(process.execPath, [compare, '--checks', 'json,yaml,hash,meta', '--quiet', '--fig', fig], {
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    });
    expect(stdout).toMatch(/\b0 failed\s*$/);
    expect(Number(/(\d+) passed, 0 failed\s*$/.exec(stdout)?.[1])).toBeGreaterThan(250);
    expect(status).toBe(0);
  });

  const groups: readonly HashGroup[] = isAbsent ? [] : JSON.parse(readFileSync(fixtures, 'utf8'));

  test.each(groups)('the objects of $workingDir hash to the same bytes', async ({ workingDir, env, home, files, objects }) => {
    const placed = Object.fromEntries(Object.entries(files).map(([path, text]) => [join(workingDir, path), text]));
    const loaded = await project(placed, { workingDirectory: workingDir, environment: env, home, allResources: true });
    const found = objects.map(({ kind, name }) => {
      if (kind === 'service') {
        const service = loaded.services[name] as Service;
        return { kind, name, json: serviceJson(service), sha256: serviceHash(service) };
      }
      if (kind === 'network') {
        const network = loaded.networks[name] as Network;
        return { kind, name, json: networkJson(network), sha256: networkHash(network) };
      }
      const volume = loaded.volumes[name] as Volume;
      return { kind, name, json: volumeJson(volume), sha256: volumeHash(volume) };
    });
    expect(objects.length).toBeGreaterThan(0);
    expect(found).toEqual(objects);
  });
});
