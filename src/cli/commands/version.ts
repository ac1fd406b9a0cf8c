// fig version
import { defineCommand } from '../command.ts';
import { bool, text } from '../flags.ts';
import { isCalledDockerCompose } from '../surroundings.ts';

/** What fig answers when scripts call it by the reference's name: the version of the reference that it follows. */
const referenceVersion = '5.5.1';

export const version = defineCommand({
  name: 'version',
  usage: '[OPTIONS]',
  summary: 'Show the version of fig',
  arguments: 'none',
  flags: {
    format: text('How it is printed: pretty or json (default: pretty)', { short: 'f' }),
    short: bool('The number alone'),
  },
  async run({ flags, context }) {
    const { version: own } = context.surroundings;
    const isReference = isCalledDockerCompose(context.surroundings);
    const number = isReference ? referenceVersion : own;
    const line = isReference ? `Docker Compose version v${number}` : `fig version v${number}`;
    if (flags.short) context.stdout.write(`${number}\n`);
    else context.stdout.write(flags.format === 'json' ? `${JSON.stringify({ version: `v${number}` })}\n` : `${line}\n`);
    return 0;
  },
});

/** What the docker command asks of its plugins. */
export const pluginMetadata = defineCommand({
  name: 'docker-cli-plugin-metadata',
  summary: 'Introduce fig to the docker command',
  flags: {},
  async run({ context }) {
    const metadata = { SchemaVersion: '0.1.0', Vendor: 'fig', Version: `v${context.surroundings.version}`, ShortDescription: 'fig' };
    context.stdout.write(`${JSON.stringify(metadata)}\n`);
    return 0;
  },
});
