// Attributes of labels and annotations of a container.
import type { Attribute } from './attribute.ts';
import { pairs, textToList } from './forms.ts';

export const labelAttributes: readonly Attribute[] = [
  pairs('services.*.labels', 'empty'),
  pairs('services.*.annotations', 'empty'),
  { at: 'services.*.label_file', merge: 'list', canonical: textToList, hostPath: 'path' },
];
