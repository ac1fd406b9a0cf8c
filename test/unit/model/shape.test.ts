// The shape table against the schema: what may be written has a place in the model, and nothing else has.
import { describe, expect, test } from 'vitest';
import schema from '../../../schemas/compose-spec.json' with { type: 'json' };
import {
  configStruct,
  modelStruct,
  networkStruct,
  type Struct,
  secretStruct,
  sections,
  serviceStruct,
  volumeStruct,
} from '../../../src/model/shape.ts';

/** Attributes that are gone once files were brought together, and one that the reference takes and forgets. */
const dissolved = ['pull_refresh_after'];

const keys = (struct: Struct) => struct.fields.map(field => field.key);

describe.each([
  ['service', serviceStruct],
  ['network', networkStruct],
  ['volume', volumeStruct],
  ['model', modelStruct],
] as const)('a %s', (kind, struct) => {
  test('has a place for every attribute that may be written, and for no other', () => {
    const written = Object.keys(schema.$defs[kind].properties).filter(key => !dissolved.includes(key));
    expect(keys(struct).toSorted()).toEqual(written.toSorted());
  });

  test('has each attribute once', () => {
    expect(new Set(keys(struct)).size).toBe(struct.fields.length);
  });
});

test.each([
  ['secret', secretStruct],
  ['config', configStruct],
] as const)('a %s has a place for every attribute that may be written', (kind, struct) => {
  expect(keys(struct)).toEqual(expect.arrayContaining(Object.keys(schema.$defs[kind].properties)));
});

test('the sections of a project are those of the schema', () => {
  const apart = ['name', 'version', 'include'];
  expect(sections.map(section => section.key).toSorted()).toEqual(
    Object.keys(schema.properties)
      .filter(key => !apart.includes(key))
      .toSorted(),
  );
});
