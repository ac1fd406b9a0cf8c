// fig images: the images of a project's containers
import { printFormatted } from '../../view/format.ts';
import { humanDuration, humanSize } from '../../view/human.ts';
import { goJson } from '../../view/template.ts';
import { defineCommand } from '../command.ts';
import { unknownFormat } from '../context.ts';
import { bool, textOr } from '../flags.ts';

export const images = defineCommand({
  name: 'images',
  usage: '[OPTIONS] [SERVICE...]',
  summary: 'List the images of containers',
  completes: 'services',
  flags: {
    format: textOr('table', 'table or json', { shownDefault: '"table"' }),
    quiet: bool('Only the ids', { short: 'q' }),
  },
  async run({ flags, args, context }) {
    const { name } = await context.select();
    const { listImages } = await context.api();
    const found = await listImages(await context.engine(), name, args);
    if (flags.quiet) {
      const ids = new Set(found.map(({ id }) => id.replace(/^sha256:/, '')));
      context.stdout.write([...ids].map(id => `${id}\n`).join(''));
      return 0;
    }
    if (flags.format === 'json') {
      const records = found.map(image => ({
        ID: image.id,
        ContainerName: image.container,
        Repository: image.repository,
        Tag: image.tag,
        Platform: image.platform,
        Size: image.sizeBytes,
        ...(image.createdAt === undefined ? {} : { Created: image.createdAt }),
        ...(image.lastTaggedAt === undefined ? {} : { LastTagTime: image.lastTaggedAt }),
      }));
      context.stdout.write(`${goJson(records)}\n`);
      return 0;
    }
    if (flags.format !== 'table') throw unknownFormat(flags.format);
    const now = context.surroundings.now();
    const rows = found.map(image => ({
      ContainerName: image.container,
      Repository: image.repository,
      Tag: image.tag,
      Platform: image.platform,
      ID: image.id.replace(/^sha256:/, '').slice(0, 12),
      Size: humanSize(image.sizeBytes),
      Created: image.createdAt === undefined ? 'N/A' : `${humanDuration(now - Date.parse(image.createdAt))} ago`,
    }));
    context.stdout.write(printFormatted(rows, 'table', table));
    return 0;
  },
});

const table = {
  least: 20,
  padding: 3,
  headings: {},
  columns: [
    { heading: 'CONTAINER', field: 'ContainerName' },
    { heading: 'REPOSITORY', field: 'Repository' },
    { heading: 'TAG', field: 'Tag' },
    { heading: 'PLATFORM', field: 'Platform' },
    { heading: 'IMAGE ID', field: 'ID' },
    { heading: 'SIZE', field: 'Size' },
    { heading: 'CREATED', field: 'Created' },
  ],
};
