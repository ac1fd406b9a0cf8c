// The head of dist/fig.cjs: loads the parts, and keeps what V8 compiled of them in the user's cache, so that the next start needs not
// compile again. Without a cache that can be read or written it works the same, only slower.
'use strict';
const fs = require('node:fs');
const path = require('node:path');

const parts = path.join(__dirname, 'parts');
const loaded = new Map();
const uncached = [];
const cache = cacheDirectory();

/** Where compiled code is kept, one folder for each build of fig and version of Node; undefined where it must not be used. */
function cacheDirectory() {
  if (process.env.NODE_DISABLE_COMPILE_CACHE || process.versions.bun) return undefined;
  const home = process.env.XDG_CACHE_HOME || (process.env.HOME && path.join(process.env.HOME, '.cache'));
  return home && path.isAbsolute(home) ? path.join(home, 'fig', `code-${BUILD}-${process.version}-${process.arch}`) : undefined;
}

/** Compiled code is code: it is taken from folders of this user only. */
function readCompiled(file) {
  try {
    const found = fs.openSync(file, 'r');
    try {
      return fs.fstatSync(found).uid === process.getuid?.() ? fs.readFileSync(found) : undefined;
    } finally {
      fs.closeSync(found);
    }
  } catch {
    return undefined; // Not there, or not to be read: compiled anew.
  }
}

/** The exports of a part. Other requests are Node's own. */
function load(name) {
  if (!name.startsWith('./')) return require(name);
  const part = path.basename(name);
  const known = loaded.get(part);
  if (known) return known.exports;
  const module = { exports: {} };
  loaded.set(part, module);
  const filename = path.join(parts, part);
  const wrapped = `(function(exports,require,module,__filename,__dirname){${fs.readFileSync(filename, 'utf8')}\n})`;
  const { Script } = require('node:vm');
  const compiledFile = cache && path.join(cache, part);
  const cachedData = compiledFile && readCompiled(compiledFile);
  const script = new Script(wrapped, cachedData ? { filename, cachedData } : { filename });
  if (compiledFile && (!cachedData || script.cachedDataRejected)) uncached.push([compiledFile, script]);
  script.runInThisContext()(module.exports, load, module, filename, parts);
  return module.exports;
}

/** At the end, since by then the functions that were needed have been compiled too. Renaming makes a half-written file impossible. */
function keepCompiled() {
  if (uncached.length === 0) return;
  try {
    if (fs.mkdirSync(cache, { recursive: true, mode: 0o700 })) dropOldCaches();
    for (const [file, script] of uncached) {
      const draft = `${file}.${process.pid}`;
      fs.writeFileSync(draft, script.createCachedData(), { mode: 0o600 });
      fs.renameSync(draft, file);
    }
  } catch (failure) {
    // A cache that cannot be written is no reason to fail, and of interest only to those who ask for more.
    if (process.argv.includes('--verbose')) process.stderr.write(`debug: compiled code is not kept: ${failure.message}\n`);
  }
}

/** Folders of builds that nobody has started for a month go away when a new one comes. */
function dropOldCaches() {
  const month = 30 * 24 * 3600 * 1000;
  const folder = path.dirname(cache);
  for (const name of fs.readdirSync(folder)) {
    const old = path.join(folder, name);
    if (name.startsWith('code-') && Date.now() - fs.statSync(old).mtimeMs > month) fs.rmSync(old, { recursive: true, force: true });
  }
}

process.on('exit', keepCompiled);
load('./main.cjs');
