// The head of dist/fig.cjs: loads the parts, and keeps what V8 compiled of them in the user's cache, so that the next start needs not
// compile again. Without a cache that can be read or written it works the same, only slower.
'use strict';
const fs = require('node:fs');
const path = require('node:path');

const parts = path.join(__dirname, 'parts');
const loaded = new Map();
const opened = new Map();
const cache = cacheDirectory();
// One file for each command: what V8 keeps of a part are the functions that were called, and those differ.
const command = process.argv.slice(2).find(argument => COMMANDS.includes(argument)) || 'other';
const isLarge = waitForOptimising();
// V8 takes no compiled code from a process with other settings.
const cacheFile = cache && path.join(cache, isLarge ? `${command}-large` : command);
const known = cacheFile ? readCompiled(cacheFile) : new Map();
const scripts = new Map();
let isNew = false;

/** Where compiled code is kept, one folder for each build of fig and version of Node; undefined where it must not be used. */
function cacheDirectory() {
  if (process.env.NODE_DISABLE_COMPILE_CACHE || process.versions.bun) return undefined;
  const home = process.env.XDG_CACHE_HOME || (process.env.HOME && path.join(process.env.HOME, '.cache'));
  return home && path.isAbsolute(home) ? path.join(home, 'fig', `code-${BUILD}-${process.version}-${process.arch}`) : undefined;
}

/**
 * V8 optimises functions that have run a while, and most of fig's runs are over before that pays: with its own patience (132 KiB of
 * bytecode) `config` of 100 services takes twice the processor time, and of 1,000 services half as much again. But other settings also cost
 * Node's own compiled code, 10 ms in all, so V8 is asked to wait only where a file that is likely to be read is large.
 */
function waitForOptimising() {
  const usual = ['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml'];
  const likely = [...usual, ...process.argv.slice(2).filter(argument => /\.ya?ml$/.test(argument))];
  const large = !process.versions.bun && likely.some(file => sizeOf(file) > 16 * 1024);
  if (large) require('node:v8').setFlagsFromString('--interrupt-budget=1000000');
  return large;
}

/** In bytes; 0 where it cannot be known: whoever reads the file says why. */
function sizeOf(file) {
  try {
    return fs.statSync(file).size;
  } catch {
    return 0;
  }
}

/** Compiled code is code: it is taken from files of this user only. */
function readCompiled(file) {
  try {
    const found = fs.openSync(file, 'r');
    try {
      return fs.fstatSync(found).uid === process.getuid?.() ? unpack(fs.readFileSync(found)) : new Map();
    } finally {
      fs.closeSync(found);
    }
  } catch {
    return new Map(); // Not there, or not to be read: compiled anew.
  }
}

/** A line of JSON, the name and length of each part, and then their bytes. */
function pack(compiled) {
  const lengths = Array.from(compiled, ([part, bytes]) => [part, bytes.length]);
  return Buffer.concat([Buffer.from(`${JSON.stringify(lengths)}\n`), ...compiled.values()]);
}

function unpack(bytes) {
  let at = bytes.indexOf(10) + 1;
  const lengths = JSON.parse(bytes.toString('latin1', 0, at));
  return new Map(lengths.map(([part, length]) => [part, new Uint8Array(bytes.buffer, bytes.byteOffset + (at += length) - length, length)]));
}

/** The exports of a chunk, or a module of Node's own. */
function load(name) {
  if (!name.startsWith('./')) return late.has(name) ? lazy(name) : require(name);
  const chunk = path.basename(name);
  const module = loaded.get(chunk);
  return module ? module.exports : run(chunk);
}

function run(chunk) {
  const module = { exports: {} };
  loaded.set(chunk, module);
  const part = PLACES[chunk];
  const chunks = opened.get(part) ?? open(part);
  chunks[chunk](module.exports, load, module);
  return module.exports;
}

/** The chunks of a part, each a function of three arguments. */
function open(part) {
  const filename = path.join(parts, `${part}.cjs`);
  const { Script } = require('node:vm');
  const cachedData = known.get(part);
  // The build writes ASCII, which needs no decoding.
  const script = new Script(fs.readFileSync(filename, 'latin1'), cachedData ? { filename, cachedData } : { filename });
  scripts.set(part, script);
  if (!cachedData || script.cachedDataRejected) isNew = true;
  const chunks = script.runInThisContext();
  opened.set(part, chunks);
  return chunks;
}

/** What costs more to load than fig itself. fig takes single functions of these, and in most runs calls none of them. */
const late = new Set(
  ['child_process', 'crypto', 'fs/promises', 'http', 'net', 'readline', 'stream', 'tls', 'zlib'].map(name => `node:${name}`),
);

/** Stands for a module of Node's own until something of it is used. */
const lazy = name => new Proxy({}, { get: (_, key) => require(name)[key] });

/** At the end, since by then the functions that were needed have been compiled too. Renaming makes a half-written file impossible. */
function keepCompiled() {
  if (!isNew || !cacheFile) return;
  try {
    if (fs.mkdirSync(cache, { recursive: true, mode: 0o700 })) dropOldCaches();
    for (const [part, script] of scripts) known.set(part, script.createCachedData());
    const draft = `${cacheFile}.${process.pid}`;
    fs.writeFileSync(draft, pack(known), { mode: 0o600 });
    fs.renameSync(draft, cacheFile);
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
