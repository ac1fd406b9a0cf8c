// Builds dist/: fig.cjs, the small entry that answers --help and version by itself, and parts/, which it loads on demand.
// esbuild splits the program into chunks as ES modules; each chunk is then turned into CommonJS, which starts faster on Node 20.
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, transform } from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(root, 'dist');
const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));

/** Packages that dockerode loads at its start and fig never uses: ssh and BuildKit sessions are fig's own. */
const stubbed = /^(ssh2|@grpc\/grpc-js|@grpc\/proto-loader|protobufjs)(\/.*)?$/;

/** Stands for a package: reading properties is fine, calling or constructing anything throws. */
const stub = `
const refuse = name => { throw new Error(name + ' is not part of this build of fig'); };
const standIn = name => new Proxy(function () {}, {
  get: (target, key) => key === '__esModule' ? undefined : key === 'prototype' ? target.prototype : standIn(name + '.' + String(key)),
  apply: () => refuse(name),
  construct: () => refuse(name),
});
module.exports = standIn(NAME);
`;

const stubs = {
  name: 'stubs',
  setup(builder) {
    builder.onResolve({ filter: stubbed }, ({ path }) => ({ path, namespace: 'stub' }));
    builder.onLoad({ filter: /.*/, namespace: 'stub' }, ({ path }) => ({ contents: stub.replace('NAME', JSON.stringify(path)) }));
  },
};

/** fig's own modules only define things: what nobody uses of them is left out. */
const pureSource = {
  name: 'pure-source',
  setup(builder) {
    builder.onResolve({ filter: /^\.\.?\// }, async ({ path, importer, resolveDir, kind, pluginData }) => {
      if (pluginData === 'seen' || !importer.startsWith(join(root, 'src'))) return undefined;
      const found = await builder.resolve(path, { importer, resolveDir, kind, pluginData: 'seen' });
      return { ...found, sideEffects: false };
    });
  },
};

const bundled = await build({
  absWorkingDir: root,
  entryPoints: { fig: 'src/main.ts' },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  minify: true,
  keepNames: false,
  legalComments: 'none',
  outExtension: { '.js': '.cjs' },
  chunkNames: 'parts/[name]-[hash]',
  define: { FIG_VERSION: JSON.stringify(version), 'import.meta.url': '""' },
  loader: { '.json': 'json' },
  plugins: [stubs, pureSource],
  write: false,
  metafile: true,
  logLevel: 'warning',
});

await rm(dist, { recursive: true, force: true });
await mkdir(join(dist, 'parts'), { recursive: true });

for (const { path, text } of bundled.outputFiles) {
  const isEntry = basename(path) === 'fig.cjs';
  const { code } = await transform(text, {
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    minify: true,
    // import() of a part becomes require: the loader for ES modules would cost more than the part itself.
    supported: { 'dynamic-import': false },
  });
  await writeFile(path, isEntry ? `#!/usr/bin/env node\n${code}` : code);
  if (isEntry) await chmod(path, 0o755);
}

const sizes = Object.entries(bundled.metafile.outputs).map(([path, { bytes }]) => [path, bytes]);
const total = sizes.reduce((sum, [, bytes]) => sum + bytes, 0);
console.log(
  `dist: ${sizes.length} files, ${Math.round(total / 1024)} KiB (fig.cjs ${Math.round(sizes.find(([path]) => path.endsWith('fig.cjs'))[1] / 1024)} KiB)`,
);

// The build is worth nothing if it does not start.
createRequire(import.meta.url).resolve(join(dist, 'fig.cjs'));
