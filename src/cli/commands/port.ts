// fig port SERVICE PRIVATE_PORT
import { defineCommand } from '../command.ts';
import { CommandFailure } from '../context.ts';
import { int, textOr } from '../flags.ts';

export const port = defineCommand({
  name: 'port',
  usage: '[OPTIONS] SERVICE PRIVATE_PORT',
  summary: 'Show where a port is published',
  arguments: { least: 2 },
  completes: 'services',
  flags: {
    index: int('Which replica, where there are several'),
    protocol: textOr('tcp', 'tcp or udp', { shownDefault: '"tcp"' }),
  },
  async run({ flags, args, context }) {
    const [service = '', number = ''] = args;
    if (!/^\d+$/.test(number)) throw new CommandFailure(`strconv.ParseUint: parsing ${JSON.stringify(number)}: invalid syntax`);
    if (Number(number) > 65535) throw new CommandFailure(`strconv.ParseUint: parsing ${JSON.stringify(number)}: value out of range`);
    const { name } = await context.select();
    const { findPort } = await context.api();
    const query = { service, port: Number(number), protocol: flags.protocol.toLowerCase(), ...(flags.index ? { index: flags.index } : {}) };
    const found = await findPort(await context.engine(), name, query);
    context.stdout.write(`${found.ip.includes(':') ? `[${found.ip}]` : found.ip}:${found.port}\n`);
    return 0;
  },
});
