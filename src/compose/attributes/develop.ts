// Attributes of `develop`: what to watch, and what a change leads to.
import { formatPath } from '../../document/path.ts';
import { originSpan } from '../../source/origin.ts';
import type { Attribute } from './attribute.ts';
import { textOf, textToList } from './forms.ts';

const rule = 'services.*.develop.watch.[]';

export const developAttributes: readonly Attribute[] = [
  {
    at: `${rule}.path`,
    hostPath: 'watch',
    canonical: (node, { path, report }) => {
      if (textOf(node) !== '') return node;
      report.add('value.invalid', {
        message: `${formatPath(path)}: value can't be blank`,
        span: originSpan(node.origin),
        hint: 'Write the path to watch.',
      });
      return undefined;
    },
  },
  { at: `${rule}.ignore`, canonical: textToList },
  { at: `${rule}.include`, canonical: textToList },
];
