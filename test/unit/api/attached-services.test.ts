// api/follow.ts: whose output an attached up shows.
import { expect, test } from 'vitest';
import { attachedServices } from '../../../src/api/follow.ts';
import { named } from '../../../src/model/named.ts';
import type { Project } from '../../../src/model/project.ts';
import type { Service } from '../../../src/model/service.ts';

const service = (name: string, more: Partial<Service> = {}): readonly [string, Service] => [
  name,
  { name, command: null, entrypoint: null, ...more },
];
const on = (name: string) => ({ depends_on: named([[name, { condition: 'service_started' as const, required: true }]]) });
const project = {
  name: 'shop',
  compatibility: false,
  disabledServices: named(),
  services: named([service('web', on('db')), service('db'), service('quiet', { attach: false })]),
} as unknown as Project; // the rest is not looked at

test('all services but those that say no', () => {
  expect(attachedServices(project, [], {})).toEqual(['db', 'web']);
});

test('the services that were asked for, and their dependencies only where asked', () => {
  expect(attachedServices(project, ['web'], {})).toEqual(['web']);
  expect([...attachedServices(project, ['web'], { attachDependencies: true })].sort()).toEqual(['db', 'web']);
});

test('flags name and take away services', () => {
  expect(attachedServices(project, [], { attach: ['quiet'] })).toEqual(['quiet']);
  expect(attachedServices(project, [], { noAttach: ['db'] })).toEqual(['web']);
});

test('where the rules leave none, all are shown, those that take no part too', () => {
  expect(attachedServices(project, ['quiet'], {})).toEqual(['db', 'quiet', 'web']);
  const { quiet, ...others } = project.services;
  const part = { ...project, services: named([['quiet', quiet!]]), disabledServices: named(Object.entries(others)) };
  expect(attachedServices(part, ['quiet'], {})).toEqual(['db', 'quiet', 'web']);
});
