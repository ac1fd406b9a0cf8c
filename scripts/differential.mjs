// `npm run differential`: bundles the differential run of test/rig/differential, which is TypeScript, and runs it; its arguments are main.ts's.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
// Below node_modules, so that packages are found from there.
const cache = join(root, 'node_modules/.cache');
mkdirSync(cache, { recursive: true });
const folder = mkdtempSync(join(cache, 'differential-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const outfile = join(folder, 'main.mjs');
await build({
  absWorkingDir: root,
  entryPoints: ['test/rig/differential/main.ts'],
  outfile,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  packages: 'external',
  // Paths of the repository are found from where its own files stand.
  define: { 'import.meta.url': JSON.stringify(pathToFileURL(join(root, 'test/rig/sources.ts')).href) },
  logLevel: 'warning',
});
await import(pathToFileURL(outfile).href);
