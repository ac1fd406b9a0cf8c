// execute/plugins.ts: what programs find in their environment.
import { expect, test } from 'vitest';
import { pluginEnvironment } from '../../../src/execute/plugins.ts';
import { turnVariable } from '../../../src/model/identity.ts';
import { named } from '../../../src/model/named.ts';

test('a plugin is told whose turn it is part of, and not that the docker command runs it', () => {
  const environment = named([
    [turnVariable, 'outer'],
    ['DOCKER_CLI_PLUGIN_ORIGINAL_CLI_COMMAND', '/usr/bin/docker'],
    ['PATH', '/bin'],
  ]);
  expect({ ...pluginEnvironment({ name: 'shop', environment }) }).toEqual({ PATH: '/bin', [turnVariable]: 'shop' });
});
