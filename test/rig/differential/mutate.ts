// A seed → a case of the corpus beside the repository, with a few changes: other forms of the same, or something else altogether. The corpus is
// of public projects, so this is what people write, and what they might have written.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Document, isMap, isPair, isScalar, isSeq, type Pair, parseAllDocuments, type Scalar, type YAMLMap, type YAMLSeq } from 'yaml';
import { filesIn, root } from '../sources.ts';
import type { Case } from './case.ts';
import { questionsOf } from './questions.ts';
import { type Random, seededRandom } from './random.ts';
import { anyScalar } from './values.ts';

const corpus = join(root, '../shared/corpus/visible');

interface Info {
  readonly args?: readonly string[];
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly files: readonly string[];
  readonly dirs?: readonly string[];
  readonly placeholders?: readonly string[];
  readonly tags?: readonly string[];
}

interface Original {
  readonly name: string;
  readonly info: Info;
}

/** Cases that mean the same in any folder. Files without `services` are left out: fig may read what the reference refuses. */
const originals: readonly Original[] = !existsSync(corpus)
  ? []
  : readdirSync(corpus)
      .map(name => ({ name, info: JSON.parse(readFileSync(join(corpus, name, 'case.json'), 'utf8')) as Info }))
      .filter(({ info }) => (info.cwd ?? '.') === '.' && (info.placeholders ?? []).length === 0 && !info.tags?.includes('no-services-key'));

type Node = unknown;

/** All pairs and collections of a document, with the key under which a collection stands. */
interface Parts {
  readonly pairs: { readonly pair: Pair; readonly of: YAMLMap }[];
  readonly collections: { readonly node: YAMLMap | YAMLSeq; readonly key: string }[];
  readonly scalars: Scalar[];
}

function partsOf(document: Document): Parts {
  const parts: Parts = { pairs: [], collections: [], scalars: [] };
  const visit = (node: Node, key: string): void => {
    if (isScalar(node)) parts.scalars.push(node);
    if (isMap(node)) {
      parts.collections.push({ node, key });
      for (const pair of node.items) {
        parts.pairs.push({ pair, of: node });
        visit(pair.value, isScalar(pair.key) ? String(pair.key.value) : '');
      }
    }
    if (isSeq(node)) {
      parts.collections.push({ node, key });
      for (const item of node.items) visit(item, key);
    }
  };
  visit(document.contents, '');
  return parts;
}

const textOf = (node: Node): string | undefined => (isScalar(node) ? String(node.value ?? '') : undefined);

/** A change to a document in place; false where there was nothing to change. */
type Mutation = (document: Document, parts: Parts, random: Random) => boolean;

const assigned = new Set(['environment', 'labels', 'args', 'annotations', 'sysctls', 'additional_contexts', 'extra_hosts']);

const valueUnder = (parts: Parts, keys: ReadonlySet<string>, random: Random) => {
  const found = parts.pairs.filter(({ pair }) => keys.has(textOf(pair.key) ?? ''));
  return found.length === 0 ? undefined : random.pick(found).pair;
};

const mutations: readonly Mutation[] = [
  function drop(_, { pairs }, random) {
    if (pairs.length === 0) return false;
    const { pair, of } = random.pick(pairs);
    of.items.splice(of.items.indexOf(pair), 1);
    return true;
  },
  function dropItem(_, { collections }, random) {
    const lists = collections.flatMap(({ node }) => (isSeq(node) && node.items.length > 0 ? [node] : []));
    if (lists.length === 0) return false;
    const list = random.pick(lists);
    list.items.splice(random.below(list.items.length), 1);
    return true;
  },
  function repeat(_, { collections }, random) {
    const lists = collections.flatMap(({ node }) => (isSeq(node) && node.items.length > 0 ? [node] : []));
    if (lists.length === 0) return false;
    const list = random.pick(lists);
    list.items.push(random.pick(list.items));
    return true;
  },
  function requote(_, { scalars }, random) {
    if (scalars.length === 0) return false;
    for (const scalar of random.some(scalars, 5)) scalar.type = random.pick(['PLAIN', 'QUOTE_SINGLE', 'QUOTE_DOUBLE'] as const);
    return true;
  },
  function replace(document, { scalars }, random) {
    if (scalars.length === 0) return false;
    const made = anyScalar(random);
    const scalar = random.pick(scalars);
    scalar.value = made.kind === 'raw' ? made.raw : made.kind === 'text' ? made.text : '';
    scalar.type = made.kind === 'raw' ? 'PLAIN' : 'QUOTE_DOUBLE';
    return document.contents !== null;
  },
  function toList(document, parts, random) {
    const pair = valueUnder(parts, assigned, random);
    if (!isMap(pair?.value) || pair.value.items.some(({ value }) => !isScalar(value))) return false;
    pair.value = document.createNode(pair.value.items.map(({ key, value }) => `${textOf(key)}=${textOf(value)}`));
    return true;
  },
  function toMapping(document, parts, random) {
    const pair = valueUnder(parts, assigned, random);
    if (!isSeq(pair?.value)) return false;
    const texts = pair.value.items.map(item => textOf(item) ?? '');
    if (texts.some(text => !/^[^=]+=/.test(text))) return false;
    pair.value = document.createNode(
      Object.fromEntries(texts.map(text => [text.slice(0, text.indexOf('=')), text.slice(text.indexOf('=') + 1)])),
    );
    return true;
  },
  function namesToMapping(document, parts, random) {
    const pair = valueUnder(parts, new Set(['depends_on', 'networks']), random);
    if (!isSeq(pair?.value)) return false;
    const meaning = textOf(pair.key) === 'networks' ? {} : { condition: 'service_started' };
    pair.value = document.createNode(Object.fromEntries(pair.value.items.map(item => [textOf(item), meaning])));
    return true;
  },
  function namesToList(document, parts, random) {
    const pair = valueUnder(parts, new Set(['depends_on']), random);
    if (!isMap(pair?.value)) return false;
    pair.value = document.createNode(pair.value.items.map(({ key }) => textOf(key)));
    return true;
  },
  function longPorts(document, parts, random) {
    const pair = valueUnder(parts, new Set(['ports']), random);
    if (!isSeq(pair?.value)) return false;
    pair.value.items = pair.value.items.map(item => {
      const [, published, target] = /^(\d+):(\d+)$/.exec(textOf(item) ?? '') ?? [];
      return target === undefined ? item : document.createNode({ target, published });
    });
    return true;
  },
  function longVolumes(document, parts, random) {
    const pair = valueUnder(parts, new Set(['volumes']), random);
    if (!isSeq(pair?.value)) return false;
    pair.value.items = pair.value.items.map(item => {
      const [, source = '', target] = /^([\w./-]+):([\w./-]+)$/.exec(textOf(item) ?? '') ?? [];
      return target === undefined ? item : document.createNode({ type: /^[./~]/.test(source) ? 'bind' : 'volume', source, target });
    });
    return true;
  },
  function commandForm(document, parts, random) {
    const pair = valueUnder(parts, new Set(['command', 'entrypoint', 'test']), random);
    if (isScalar(pair?.value)) pair.value = document.createNode((textOf(pair.value) ?? '').split(/\s+/));
    else if (isSeq(pair?.value)) pair.value = document.createNode(pair.value.items.map(item => textOf(item)).join(' '));
    else return false;
    return true;
  },
  function oneOrMany(document, parts, random) {
    const pair = valueUnder(parts, new Set(['env_file', 'dns', 'tmpfs', 'dns_search', 'label_file', 'build', 'extends']), random);
    if (isScalar(pair?.value))
      pair.value = document.createNode(textOf(pair.key) === 'build' ? { context: textOf(pair.value) } : [textOf(pair.value)]);
    else if (isSeq(pair?.value) && pair.value.items.length === 1) pair.value = pair.value.items[0];
    else return false;
    return true;
  },
  function inFlow(_, { collections }, random) {
    if (collections.length === 0) return false;
    random.pick(collections).node.flow = true;
    return true;
  },
  function misspell(_, { pairs }, random) {
    if (pairs.length === 0) return false;
    const { key } = random.pick(pairs).pair;
    if (!isScalar(key)) return false;
    key.value = `${String(key.value).slice(1)}x`;
    return true;
  },
];

const asText = (documents: readonly Document[]) => documents.map(document => document.toString({ lineWidth: 0 })).join('---\n');

/** YAML with every scalar kept as the text it is: numbers stay in the form they were written in. */
const read = (text: string): readonly Document[] =>
  parseAllDocuments(text, { schema: 'failsafe', uniqueKeys: false, logLevel: 'silent', keepSourceTokens: false }) as readonly Document[];

/** Half of a service's attributes, and half of the services, in a file of their own. */
function split(text: string, random: Random): readonly [string, string] | undefined {
  const [base, ...rest] = read(text);
  const [over] = read(text);
  if (!base || !over || rest.length > 0 || /[&*]|<</.test(text)) return undefined;
  const parts = (document: Document) => {
    const services = document.get('services');
    return isMap(services) ? services.items.flatMap(({ value }) => (isMap(value) ? [value] : [])) : [];
  };
  const [ours, theirs] = [parts(base), parts(over)];
  for (const [index, service] of ours.entries()) {
    const chosen = service.items.map(() => random.chance(0.5));
    service.items = service.items.filter((_, at) => chosen[at]);
    const other = theirs[index];
    if (other) other.items = other.items.filter((_, at) => !chosen[at] || random.chance(0.2));
  }
  return [asText([base]), asText([over])];
}

function serviceNames(text: string): readonly string[] {
  const services = read(text)[0]?.get('services');
  return isMap(services) ? services.items.filter(isPair).map(({ key }) => textOf(key) ?? '') : [];
}

/** The case of a seed; undefined without the corpus. */
export function mutatedCase(seed: number): Case | undefined {
  if (originals.length === 0) return undefined;
  const random = seededRandom(seed);
  const { name, info } = random.pick(originals);
  const folder = join(corpus, name, 'input');
  const files: Record<string, string> = Object.fromEntries(filesIn(folder).map(path => [path, readFileSync(join(folder, path), 'utf8')]));
  for (const directory of info.dirs ?? []) files[`${directory}/.kept`] = '';
  let args = info.args ?? [];
  const main = info.files.find(path => files[path] !== undefined && /\.ya?ml$/.test(path));
  const text = main === undefined ? undefined : files[main];
  if (main !== undefined && text !== undefined) {
    const documents = read(text);
    const isBroken = documents.some(({ errors }) => errors.length > 0);
    for (let wanted = isBroken ? 0 : 1 + random.below(3), tries = 0; wanted > 0 && tries < 20; tries++) {
      const document = random.pick(documents);
      if (random.pick(mutations)(document, partsOf(document), random)) wanted--;
    }
    if (!isBroken) files[main] = asText(documents);
    const roll = random.next();
    const names = serviceNames(files[main] ?? '');
    const halves = roll < 0.2 && args.length === 0 ? split(files[main] ?? '', random) : undefined;
    if (halves) {
      [files[main], files['over.yaml']] = halves;
      args = ['-f', main, '-f', 'over.yaml'];
    } else if (roll < 0.3 && args.length === 0) {
      files['wrapping.yaml'] = `include: [{path: ${main}}]\n`;
      args = ['-f', 'wrapping.yaml'];
    } else if (roll < 0.4 && args.length === 0 && names.length > 0) {
      const extended = names.map(one => `  ${JSON.stringify(one)}: {extends: {file: ./${main}, service: ${JSON.stringify(one)}}}\n`);
      files['extending.yaml'] = `services:\n${extended.join('')}`;
      args = ['-f', 'extending.yaml'];
    }
  }
  return { name: `${seed}-${name}`, files, args, environment: info.env ?? {}, questions: questionsOf(random, []) };
}
