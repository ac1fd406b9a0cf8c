// Attributes of configs and secrets: the files a container is given, and where their text comes from.
import { type Mapping, mappingNode, type Node, stringNode, withEntry } from '../../document/node.ts';
import { formatPath } from '../../document/path.ts';
import { originSpan } from '../../source/origin.ts';
import type { Attribute, CanonicalContext } from './attribute.ts';
import { externalResource } from './external.ts';
import { goText, pairs, textOf } from './forms.ts';

/** The short form names the source. A mode that was surely meant as octal, and is not, brings a warning. */
export function fileReference(node: Node, { path, report, uninterpolated }: CanonicalContext): Node {
  if (textOf(node) !== undefined) return mappingNode([['source', node]], node.origin);
  const mode = node.kind === 'mapping' ? node.entries.get('mode')?.value : undefined;
  if (!uninterpolated && mode?.kind === 'scalar' && mode.type === 'int' && /^[1-7][0-7]{2}$/.test(mode.text)) {
    report.add('value.suspicious', {
      message: `${formatPath([...path, 'mode'])}: mode ${mode.text} is a decimal number, in octal 0${Number(mode.value).toString(8)}`,
      span: originSpan(mode.origin),
      hint: `Write "0${mode.text}".`,
    });
  }
  return node;
}

/** The path in the container by which two references are the same one. */
function placeOf(directory: string): (item: Node) => string | undefined {
  return item => {
    const name = item.kind === 'mapping' ? item.entries.get('source')?.value : item;
    const target = item.kind === 'mapping' ? textOf(item.entries.get('target')?.value) : undefined;
    const source = name && goText(name);
    return target ?? (source === undefined ? undefined : `${directory}/${source}`);
  };
}

function withSecretTarget(node: Mapping): Mapping {
  const source = textOf(node.entries.get('source')?.value);
  if (source === undefined || node.entries.has('target')) return node;
  return withEntry(node, 'target', stringNode(`/run/secrets/${source}`, { how: 'defaulted', rule: 'secrets.target' }));
}

/** What each source is given by. */
const wording = { file: 'a path', environment: 'the name of a variable', content: 'a text' };

type Source = keyof typeof wording;

/** Each has one source, unless a driver or somebody else has the content. */
function checkSources(sources: readonly Source[]): NonNullable<Attribute['check']> {
  const choice = sources.join('|');
  return (section, path, report) => {
    for (const { key, keySpan, value } of section.kind === 'mapping' ? section.entries.values() : []) {
      if (value.kind !== 'mapping') continue;
      const given = sources.flatMap(source => value.entries.get(source) ?? []);
      const where = formatPath([...path, key]);
      const span = keySpan ?? originSpan(value.origin);
      if (given.length > 1) {
        const related = given.flatMap(source => (source.keySpan ? [{ span: source.keySpan, message: 'one of them' }] : []));
        const message = `${where}: ${choice} attributes are mutually exclusive`;
        report.add('project.inconsistent', { message, span, related, hint: 'Keep one of them.' });
      } else if (given.length === 0 && !value.entries.has('driver') && !value.entries.has('external')) {
        const hint = `Add ${sources.map(source => `"${source}" with ${wording[source]}`).join(', or ')}.`;
        report.add('project.inconsistent', { message: `${where}: one of ${choice} must be set`, span, hint });
      }
    }
  };
}

/** The attributes that a top-level config or secret has alike. */
function fileObject(section: string, ...sources: readonly Source[]): readonly Attribute[] {
  const at = `${section}.*`;
  return [
    { at: section, check: checkSources(sources) },
    { at, canonical: externalResource },
    { at: `${at}.external`, cast: 'bool' },
    { at: `${at}.file`, hostPath: 'file' },
    pairs(`${at}.labels`, 'empty'),
  ];
}

export const fileAttributes: readonly Attribute[] = [
  { at: 'services.*.configs', unique: placeOf('') },
  { at: 'services.*.configs.[]', canonical: fileReference },
  { at: 'services.*.secrets', unique: placeOf('/run/secrets') },
  { at: 'services.*.secrets.[]', canonical: fileReference, defaults: withSecretTarget },
  ...fileObject('configs', 'file', 'environment', 'content'),
  ...fileObject('secrets', 'file', 'environment'),
];
