// x-fig: what a project asks of fig alone (schemas/x-fig.json). The reference takes whatever stands there, so all complaints are warnings, and
// what is wrong is passed over. Runs once, on the whole document.
import type { Report } from '../diagnostics/report.ts';
import { suggest } from '../diagnostics/suggest.ts';
import { child, type Mapping } from '../document/node.ts';
import { formatPath, type Path } from '../document/path.ts';
import type { FigSettings } from '../model/fig-settings.ts';
import { originSpan } from '../source/origin.ts';
import { textOf } from './attributes/forms.ts';
import { figRule, figServiceRule } from './rules.ts';
import type { Rule } from './schema.ts';
import { validateBy } from './validate.ts';

/** The settings of a document, with a warning for each that is unknown or cannot be read. */
export function figSettings(document: Mapping, report: Report): FigSettings {
  const services = child(document, 'services');
  const once: string[] = [];
  for (const [name, { value }] of services?.kind === 'mapping' ? services.entries : []) {
    const own = value.kind === 'mapping' ? readable(value, figServiceRule, ['services', name], report) : undefined;
    const flag = child(own, 'once');
    if (flag?.kind === 'scalar' && flag.value === true) once.push(name);
  }
  const settings = readable(document, figRule, [], report);
  return { keep: keptVolumes(settings, document, report), once };
}

/** The part of `x-fig` that holds; undefined where there is none. */
function readable(parent: Mapping, rule: Rule, at: Path, report: Report): Mapping | undefined {
  const entry = parent.entries.get('x-fig');
  if (!entry) return undefined;
  const path = [...at, entry.key];
  const ignored = (message: string, span = entry.keySpan, hint?: string) =>
    report.add('schema.x-fig', { message: `${message}; it is ignored`, span, hint });
  const settings = entry.value;
  const keys = rule.forms.get('object')?.keys?.known ?? new Map<string, Rule>();
  if (settings.kind !== 'mapping') {
    ignored(`${formatPath(path)} must be a mapping`);
    return undefined;
  }
  const held = [...settings.entries.values()].filter(({ key, keySpan, value }) => {
    const known = keys.get(key);
    if (known) {
      let isRight = true;
      const quiet: Report = {
        ...report,
        add(_, { message, ...finding }) {
          isRight = false;
          report.add('schema.x-fig', { ...finding, message: `${message}; it is ignored` });
        },
      };
      validateBy(known, value, [...path, key], keySpan, quiet);
      return isRight;
    }
    const near = suggest(key, keys.keys());
    ignored(`${formatPath(path)} has no key "${key}"`, keySpan ?? originSpan(value.origin), near && `Write "${near}".`);
    return false;
  });
  return { ...settings, entries: new Map(held.map(one => [one.key, one])) };
}

function keptVolumes(settings: Mapping | undefined, document: Mapping, report: Report): readonly string[] {
  const keep = child(settings, 'keep');
  const volumes = child(document, 'volumes');
  const declared = volumes?.kind === 'mapping' ? volumes.entries : new Map<string, unknown>();
  return (keep?.kind === 'sequence' ? keep.items : []).flatMap(item => {
    const name = textOf(item) ?? '';
    if (declared.has(name)) return [name];
    const near = suggest(name, declared.keys());
    report.add('schema.x-fig', {
      message: `x-fig.keep names a volume "${name}" that is not declared; it is ignored`,
      span: originSpan(item.origin),
      hint: near && `Write "${near}".`,
    });
    return [];
  });
}
