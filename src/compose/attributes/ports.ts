// Attributes of ports: those published on the host, and those only other services reach.
import { type Entry, intNode, mappingNode, type Node, sequenceNode, stringNode, withEntry } from '../../document/node.ts';
import { formatPath, type Path } from '../../document/path.ts';
import { isAddress } from '../../model/address.ts';
import { originSpan, settingOf } from '../../source/origin.ts';
import { partOf } from '../../source/span.ts';
import type { Attribute, CanonicalContext } from './attribute.ts';
import { goText, isTooWide, mapItems, textOf } from './forms.ts';

const ports = 'services.*.ports';

interface Published {
  readonly host: string;
  readonly target: number;
  readonly published: string;
  readonly protocol: string;
}

/** First and last port of `8000` or `8000-8010`; undefined where the text is neither, or a number is not within 0 and 65535. */
function parseRange(text: string): readonly [number, number] | undefined {
  const at = text.indexOf('-');
  const first = parseNumber(at === -1 ? text : text.slice(0, at));
  const last = at === -1 ? first : parseNumber(text.slice(at + 1));
  return first === undefined || last === undefined || last < first ? undefined : [first, last];
}

function parseNumber(text: string): number | undefined {
  if (!/^\+?[0-9]+$/.test(text)) return undefined;
  const port = Number(text);
  return port <= 65535 ? port : undefined;
}

/** What is wrong with a short form: the reference's words, the part that is wrong, and what would mend it. */
interface Wrong {
  readonly problem: string;
  readonly part: string;
  /** Which one, where the text is there twice. */
  readonly which: 'first' | 'last';
  readonly hint: string;
}

/** `[address:][published:]target[/protocol]`, with ranges; or what is wrong with it. */
function parsePort(text: string): readonly Published[] | Wrong {
  const parts = text.split(':');
  const container = parts.at(-1) ?? '';
  const outer = parts.length > 1 ? (parts.at(-2) ?? '') : '';
  const address = parts.slice(0, -2).join(':');
  const slash = container.indexOf('/');
  const range = slash === -1 ? container : container.slice(0, slash);
  if (range === '') return wrong(`no port specified: ${text}<empty>`, '', 'Remove it, or write "PUBLISHED:TARGET".');
  const protocol = ((slash === -1 ? '' : container.slice(slash + 1)) || 'tcp').toLowerCase();
  if (!['tcp', 'udp', 'sctp'].includes(protocol)) {
    return wrong(`invalid proto: ${protocol}`, container.slice(slash + 1), 'Write tcp, udp or sctp.');
  }
  const host = /^\[.*\]$/.test(address) ? address.slice(1, -1) : address;
  if (address !== '' && !isAddress(host)) return wrong(`invalid IP address: ${address}`, address, hintForAddress(address), 'first');
  const targets = parseRange(range);
  if (!targets) return wrong(`invalid containerPort: ${range}`, range, hintForPort(range));
  const sources = outer === '' ? undefined : parseRange(outer);
  if (outer !== '' && !sources) return wrong(`invalid hostPort: ${outer}`, outer, hintForPort(outer), 'first');
  const count = targets[1] - targets[0] + 1;
  if (sources && count > 1 && sources[1] - sources[0] + 1 !== count) {
    const problem = `invalid ranges specified for container and host Ports: ${range} and ${outer}`;
    return wrong(problem, `${outer}:${range}`, 'Make both ranges the same length.');
  }
  return Array.from({ length: count }, (_, index): Published => {
    return { host, target: targets[0] + index, published: sources ? publishedAt(sources, index, count) : '', protocol };
  }).toSorted((a, b) => order(`${a.target}/${a.protocol}`, `${b.target}/${b.protocol}`));
}

/** The port for one of several targets; a range of which the engine takes one, where there is a single target. */
function publishedAt([first, last]: readonly [number, number], index: number, count: number): string {
  return count === 1 && first !== last ? `${first}-${last}` : String(first + index);
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function portNode({ host, target, published, protocol }: Published, from: Node): Node {
  const leaf = (key: string, value: string): Entry => ({ key, value: stringNode(value, from.origin) });
  return mappingNode(
    [
      { key: 'mode', value: stringNode('ingress', { how: 'defaulted', rule: 'ports.mode' }) },
      ...(host === '' ? [] : [leaf('host_ip', host)]),
      { key: 'target', value: intNode(target, from.origin) },
      ...(published === '' ? [] : [leaf('published', published)]),
      leaf('protocol', protocol),
    ],
    from.origin,
  );
}

const wrong = (problem: string, part: string, hint: string, which: Wrong['which'] = 'last'): Wrong => ({ problem, part, hint, which });

const hintForAddress = (address: string) =>
  address === 'localhost' ? 'Write "127.0.0.1".' : 'Write an address such as 127.0.0.1, or [::1] in brackets.';

const hintForPort = (part: string) =>
  parseRange(part.replace(/\s/g, '')) ? `Write "${part.replace(/\s/g, '')}".` : 'Write a number from 0 to 65535.';

/** All items in long form. While variables are not yet put in, one item that cannot be read leaves the whole list as it is. */
function toPorts(node: Node, { path, report, uninterpolated }: CanonicalContext): Node {
  if (node.kind !== 'sequence') return node;
  const made: Node[] = [];
  for (const [index, item] of node.items.entries()) {
    const where = [...path, index];
    const text = item.kind === 'scalar' && (item.type === 'int' || item.type === 'string') ? goText(item) : undefined;
    if (text === undefined) {
      if (item.kind === 'mapping') made.push(...checkedLong(item, where, report));
      else if (item.kind === 'scalar') {
        const message = `${formatPath(where)}: invalid type ${item.type === 'float' ? 'float64' : item.type} for port`;
        const meant = /^\d+\.\d+$/.test(item.text)
          ? /^\d+\.\d{2,5}$/.test(item.text)
            ? `Write "${item.text.replace('.', ':')}".`
            : 'Write a whole number.'
          : 'Write a whole number, or "PUBLISHED:TARGET".';
        report.add('value.invalid', { message, span: originSpan(item.origin), hint: meant });
      }
      continue;
    }
    const parsed = parsePort(text);
    if ('problem' in parsed || parsed.some(port => port.target === 0)) {
      if (uninterpolated && 'problem' in parsed && textOf(item) !== undefined) return node;
      const found = 'problem' in parsed ? parsed : wrong('service port is missing a target port: 0', text, 'Write a port from 1 to 65535.');
      const span = originSpan(item.origin);
      report.add('value.invalid', {
        message: `${formatPath(where)}: ${found.problem}`,
        span: span && partOf(span, found.part, found.which),
        related: settingOf(item.origin),
        hint: found.hint,
      });
    } else made.push(...parsed.map(port => portNode(port, item)));
  }
  return sequenceNode(made, node.origin);
}

function checkedLong(item: Node & { kind: 'mapping' }, path: Path, report: CanonicalContext['report']): readonly Node[] {
  const host = item.entries.get('host_ip')?.value;
  const address = textOf(host);
  if (!host || address === undefined || isAddress(address)) return [item];
  const message = `${formatPath([...path, 'host_ip'])}: invalid ip address: ${address}`;
  report.add('value.invalid', { message, span: originSpan(host.origin), hint: hintForAddress(address) });
  return [];
}

/**
 * Short forms are the same by their text, long ones by address, published port, target and protocol. To the reference, a port published as a
 * number is another one than that published as a text.
 */
function portKey(item: Node): string | undefined {
  if (item.kind !== 'mapping') return item.kind === 'scalar' ? goText(item) : undefined;
  const part = (key: string): string | undefined => {
    const value = item.entries.get(key)?.value;
    return value && goText(value);
  };
  const target = part('target');
  const published = item.entries.get('published')?.value;
  const kind = published?.kind === 'scalar' && published.type === 'int' ? '#' : '';
  return target === undefined
    ? undefined
    : `${part('host_ip') ?? '0.0.0.0'}:${kind}${part('published') ?? ''}:${target}/${part('protocol') ?? 'tcp'}`;
}

/** Ports to expose may be numbers, but whole ones. */
function toExposed(node: Node, { path, report }: CanonicalContext): Node {
  if (node.kind !== 'sequence') return node;
  return mapItems(node, (item, index) => {
    if (item.kind !== 'scalar' || (item.type !== 'float' && !isTooWide(item))) return item;
    const message = `${formatPath([...path, index])}: unsupported expose value ${item.text}`;
    report.add('value.invalid', { message, span: originSpan(item.origin), hint: 'Write a whole number, or a range in quotes.' });
    return undefined;
  });
}

const defaultProtocol = stringNode('tcp', { how: 'defaulted', rule: 'ports.protocol' });
const defaultMode = stringNode('ingress', { how: 'defaulted', rule: 'ports.mode' });

export const portAttributes: readonly Attribute[] = [
  { at: ports, unique: portKey, canonical: toPorts },
  {
    at: `${ports}.[]`,
    defaults: node => {
      const withProtocol = node.entries.has('protocol') ? node : withEntry(node, 'protocol', defaultProtocol);
      return node.entries.has('mode') ? withProtocol : withEntry(withProtocol, 'mode', defaultMode);
    },
  },
  { at: `${ports}.[].target`, cast: 'int' },
  { at: 'services.*.expose', unique: item => (item.kind === 'scalar' ? goText(item) : undefined), canonical: toExposed },
];
