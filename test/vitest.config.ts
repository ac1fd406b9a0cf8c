// Vitest's settings for every suite; scripts/test.mjs says which suites run and sees to their engine.
import { defineConfig } from 'vitest/config';

/** A suite is a folder; `seconds` is how long one test may take. */
const suite = (name: string, seconds: number) => ({
  extends: true as const,
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    testTimeout: seconds * 1000,
    hookTimeout: seconds * 1000,
  },
});

export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    environment: 'node',
    pool: 'forks',
    // An engine on two cores does not go faster with more tests at once, only less predictably.
    maxWorkers: 2,
    projects: [suite('unit', 20), suite('tidy', 60), suite('conformance', 120), suite('engine', 180), suite('faults', 180)],
  },
});
