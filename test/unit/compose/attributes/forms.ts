// For tests: one service's attributes in canonical form, as plain values.
import { canonicalise } from '../../../../src/compose/canonical.ts';
import { fillDefaults } from '../../../../src/compose/defaults.ts';
import { createReport, type Report } from '../../../../src/diagnostics/report.ts';
import { mapping, plain } from '../nodes.ts';

export interface Canonical {
  readonly service: Record<string, unknown>;
  readonly document: Record<string, unknown>;
  readonly messages: readonly string[];
}

/** A document through canonicalisation and defaults. */
export async function canonicalDocument(text: string, uninterpolated = false): Promise<Canonical> {
  const report: Report = createReport();
  const made = fillDefaults(canonicalise(await mapping(text), { report, uninterpolated }));
  const document = plain(made) as Record<string, unknown>;
  const services = (document['services'] ?? {}) as Record<string, Record<string, unknown>>;
  return { document, service: services['web'] ?? {}, messages: report.all().map(({ message }) => message) };
}

/** The attributes of one service, written as YAML at no indentation. */
export function canonical(attributes: string, uninterpolated = false): Promise<Canonical> {
  return canonicalDocument(`services:\n  web:\n    ${attributes.trim().replaceAll('\n', '\n    ')}\n`, uninterpolated);
}
