// Attributes of the health check.
import { type Node, sequenceNode, stringNode } from '../../document/node.ts';
import { formatPath } from '../../document/path.ts';
import { originSpan } from '../../source/origin.ts';
import type { Attribute, CanonicalContext } from './attribute.ts';
import { textOf } from './forms.ts';

/** A text is a command for the shell, also the text NONE, which people write to switch the check off. */
function toTest(node: Node, { path, report, uninterpolated }: CanonicalContext): Node {
  const text = textOf(node);
  if (text === undefined || uninterpolated) return node;
  if (text.trim() === 'NONE') {
    report.add('value.suspicious', {
      message: `${formatPath(path)}: the text NONE runs a command of that name`,
      span: originSpan(node.origin),
      hint: 'Write "disable: true" instead of the test, to switch the check off.',
    });
  }
  return sequenceNode([stringNode('CMD-SHELL', node.origin), node], node.origin);
}

export const healthcheckAttributes: readonly Attribute[] = [
  { at: 'services.*.healthcheck.test', merge: 'replace', canonical: toTest },
  { at: 'services.*.healthcheck.retries', cast: 'int' },
  { at: 'services.*.healthcheck.disable', cast: 'bool' },
];
