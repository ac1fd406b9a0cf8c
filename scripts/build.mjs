// Builds dist/: fig.cjs, which loads parts on demand and remembers them compiled, and parts/, the program itself.
// esbuild splits the program into chunks as ES modules; each chunk is then turned into CommonJS, which starts faster on Node 20, and put into a
// file with those that are likely to be wanted with it.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
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

/** The package yaml as ES modules: of its CommonJS form, `import()` in a bundle in parts would see the default export alone. */
const yamlModules = {
  name: 'yaml-modules',
  setup(builder) {
    builder.onResolve({ filter: /^yaml$/ }, () => ({ path: join(root, 'node_modules/yaml/browser/dist/index.js') }));
  },
};

/** Of js-yaml only the parser: its writer and its schemas make up two thirds of it, and run at every start, since esbuild cannot know that nobody sees it. */
const yamlParser = {
  name: 'yaml-parser',
  setup(builder) {
    const wanted = /^src\/(common\/(snippet|exception)|parser\/(events|parser_scalar|parser))\.ts$/;
    builder.onLoad({ filter: /js-yaml\.mjs$/ }, async ({ path }) => {
      const [, ...regions] = (await readFile(path, 'utf8')).split(/^\/\/#region /m);
      const isKept = region => wanted.test(region.slice(0, region.indexOf('\n')));
      const kept = regions
        .filter(isKept)
        .map(region => `// ${region}`)
        .join('');
      const dropped = regions.filter(region => !isKept(region)).join('');
      for (const [, name] of dropped.matchAll(/^(?:var|function|class) ([\w$]+)/gm))
        if (new RegExp(`(?<![\\w$.])${name.replace('$', '\\$')}(?![\\w$])`).test(kept))
          throw new Error(`the parser of js-yaml uses ${name}: keep its region`);
      return { contents: `${kept}\nexport { EVENT_ID, getScalarValue, parseEvents, SCALAR_STYLE, YAMLException };` };
    });
  },
};

/** The schemas as finished rules: compiled here once, and not whenever fig starts; their titles and descriptions stay behind. */
const rules = {
  name: 'rules',
  setup(builder) {
    builder.onLoad({ filter: /\/src\/compose\/rules\.ts$/ }, async ({ path }) => {
      const { outputFiles } = await build({ entryPoints: [path], bundle: true, write: false, format: 'esm', platform: 'node' });
      const compiled = await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].text).toString('base64')}`);
      return { contents: moduleOf(compiled), loader: 'js' };
    });
  },
};

/** A module that exports values as they are: plain data, maps, sets and patterns. Equal parts are written once. */
function moduleOf(values) {
  const names = new Map();
  const write = value => {
    if (value === undefined) return 'undefined';
    if (value === null || typeof value !== 'object') return JSON.stringify(value);
    const text = writeObject(value);
    const name = names.get(text) ?? `part${names.size}`;
    names.set(text, name);
    return name;
  };
  const writeObject = value => {
    if (value instanceof RegExp) return String(value);
    if (value instanceof Map || value instanceof Set) return `new ${value.constructor.name}(${writeList([...value])})`;
    if (Array.isArray(value)) return writeList(value);
    return `{${Object.entries(value).map(([key, part]) => `${JSON.stringify(key)}:${write(part)}`)}}`;
  };
  const writeList = list => `[${list.map(part => (Array.isArray(part) ? writeList(part) : write(part)))}]`;
  const exported = Object.entries(values).map(([name, value]) => `export const ${name} = ${write(value)};`);
  return [...[...names].map(([text, name]) => `const ${name} = ${text};`), ...exported].join('\n');
}

const bundled = await build({
  absWorkingDir: root,
  entryPoints: { main: 'src/main.ts' },
  outdir: 'dist/parts',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  minify: true,
  legalComments: 'none',
  outExtension: { '.js': '.cjs' },
  chunkNames: '[name]-[hash]',
  define: { FIG_VERSION: JSON.stringify(version), 'import.meta.url': '""' },
  plugins: [stubs, yamlModules, yamlParser, rules, pureSource],
  write: false,
  metafile: true,
  logLevel: 'warning',
});

// Made beside dist/ and then put in its place, so that nobody starts half a build.
const draft = `${dist}.${process.pid}`;
await mkdir(join(draft, 'parts'), { recursive: true });

/** The chunks that are loaded whenever the given one is. */
function closure(chunk, known = new Set()) {
  if (known.has(chunk)) return known;
  known.add(chunk);
  for (const { path, kind, external } of bundled.metafile.outputs[chunk].imports)
    if (kind === 'import-statement' && !external) closure(path, known);
  return known;
}

const atStart = closure('dist/parts/main.cjs');

/**
 * The file that a chunk goes into. Each file costs a start a quarter of a millisecond, and what is not called of it next to nothing, since
 * compiled code is kept: so there is one for every start, one for the rest of fig, and one for each of the packages that few runs need.
 */
function fileOf(chunk) {
  if (atStart.has(chunk)) return 'start';
  const { inputs } = bundled.metafile.outputs[chunk];
  const size = isOwn => Object.entries(inputs).reduce((sum, [path, { bytesInOutput }]) => sum + (isOwn(path) ? bytesInOutput : 0), 0);
  const isPackage = path => path.includes('node_modules/');
  return size(isPackage) > size(path => !isPackage(path)) ? basename(chunk, '.cjs') : 'fig';
}

const files = new Map();
for (const { path, text } of bundled.outputFiles) {
  const { code } = await transform(text, {
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    minify: true,
    // import() of a chunk becomes require: the loader for ES modules would cost more than the chunk itself.
    supported: { 'dynamic-import': false },
  });
  if (/[^\0-\x7f]/.test(code)) throw new Error(`${path} is not ASCII, as which it is read: write other characters as escapes`);
  const file = fileOf(`dist/parts/${basename(path)}`);
  const chunks = files.get(file) ?? [];
  chunks.push([basename(path), `function(exports,require,module){${code}}`]);
  files.set(file, chunks);
}

const hash = createHash('sha256');
for (const [file, chunks] of files) {
  const text = `({${chunks.map(([name, made]) => `${JSON.stringify(name)}:${made}`).join(',\n')}})`;
  hash.update(text);
  await writeFile(join(draft, 'parts', `${file}.cjs`), text);
}
const places = Object.fromEntries([...files].flatMap(([file, chunks]) => chunks.map(([name]) => [name, file])));

const commands = (await readdir(join(root, 'src/cli/commands'))).map(file => basename(file, '.ts'));
const entry = join(draft, 'fig.cjs');
const launcher = await transform(await readFile(join(root, 'scripts/launcher.cjs'), 'utf8'), {
  minify: true,
  platform: 'node',
  target: 'node20',
  define: { BUILD: JSON.stringify(hash.digest('hex').slice(0, 12)), COMMANDS: JSON.stringify(commands), PLACES: JSON.stringify(places) },
});
// A shell runs the second line and Node skips it. Without the two hyphens Node 20 would take an --env-file among fig's own arguments for its own.
await writeFile(entry, `#!/bin/sh\n':' //; exec node -- "$0" "$@"\n${launcher.code}`);
await chmod(entry, 0o755);

const sizes = Object.values(bundled.metafile.outputs).map(({ bytes }) => bytes);
console.log(`dist: ${files.size + 1} files, ${Math.round(sizes.reduce((sum, bytes) => sum + bytes, 0) / 1024)} KiB`);

// A build that does not start is worth nothing.
const started = spawnSync(process.execPath, [entry, 'version', '--short'], { encoding: 'utf8' });
if (started.stdout !== `${version}\n`) throw new Error(`fig does not start: ${started.stderr}`);

await rm(dist, { recursive: true, force: true });
await rename(draft, dist);
