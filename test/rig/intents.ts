// What the command line asks for by `up -d` and by `down -v --remove-orphans`, for tests that plan or apply without it.
import type { DownIntent, UpIntent } from '../../src/plan/intent.ts';

export const upIntent: UpIntent = {
  kind: 'up',
  services: [],
  recreate: 'diverged',
  recreateDependencies: 'diverged',
  renewAnonymousVolumes: false,
  build: 'when-needed',
  removeOrphans: false,
  ignoreOrphans: false,
  start: true,
  wait: false,
};

export const downIntent: DownIntent = { kind: 'down', services: [], volumes: true, images: 'none', removeOrphans: true };
