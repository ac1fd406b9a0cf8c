// Tables, templates and the rows of ps: what scripts cut their answers from.
import { describe, expect, test } from 'vitest';
import type { ObservedContainer } from '../../../src/model/observed.ts';
import { containerRow, containerTable, type ListedLike, portsText, sortPorts } from '../../../src/view/containers.ts';
import { printFormatted } from '../../../src/view/format.ts';
import { humanDuration, humanSize } from '../../../src/view/human.ts';
import { printTable } from '../../../src/view/table.ts';
import { parseTemplate, TemplateFailure } from '../../../src/view/template.ts';

const now = Date.parse('2026-11-22T00:31:11Z');

const container: ListedLike = {
  id: 'f6fb6f97a299a17e6b261af80d00de70071b9f2e91619a5dd0469d79f2dabbca',
  name: 'shop-web-1',
  image: 'busybox',
  imageId: 'sha256:1',
  state: 'running',
  status: 'Up 3 seconds (healthy)',
  health: 'healthy',
  createdAt: now / 1000 - 5,
  command: 'sh -c \'trap "exit 0" TERM; sleep 1\'',
  labels: { 'com.docker.compose.project': 'shop', 'a.b': '<&>' },
  service: 'web',
  number: 1,
  oneOff: false,
  networks: { shop_default: 'n1', back: 'n2' },
  ports: [{ ip: '0.0.0.0', privatePort: 80, publicPort: 8080, protocol: 'tcp' }],
  mounts: [{ type: 'volume', name: 'shop_a-very-long-name', source: '/x', destination: '/y', readOnly: false }],
  exitCode: 0,
};

const row = containerRow(container, { truncate: true, now });

test('cells are padded to the widest and three, at least to ten; the last is not', () => {
  expect(
    printTable(
      [
        ['NAME', 'B', 'C'],
        ['shop-web-1', 'b', ''],
        ['é', 'bb', 'c'],
      ],
      { least: 10, padding: 3 },
    ),
  ).toBe('NAME         B         C\nshop-web-1   b         \né            bb        c\n');
});

test('the table of ps', () => {
  expect(printFormatted([row], '', containerTable)).toBe(
    'NAME         IMAGE     COMMAND                   SERVICE   CREATED         STATUS                   PORTS\n' +
      'shop-web-1   busybox   "sh -c \'trap \\"exit 0…"   web       5 seconds ago   Up 3 seconds (healthy)   0.0.0.0:8080->80/tcp\n',
  );
});

test('an empty table has its headings', () => {
  expect(printFormatted([], 'table', containerTable)).toBe('NAME      IMAGE     COMMAND   SERVICE   CREATED   STATUS    PORTS\n');
});

test('the JSON of ps has its keys in order, and Go’s escapes', () => {
  const text = printFormatted([row], 'json', containerTable);
  expect(text).toContain('"Ports":"0.0.0.0:8080-\\u003e80/tcp"');
  const record = JSON.parse(text);
  expect(Object.keys(record)).toEqual(Object.keys(record).toSorted());
  expect(record).toMatchObject({
    Command: '"sh -c \'trap \\"exit 0…"',
    ExitCode: 0,
    Health: 'healthy',
    ID: 'f6fb6f97a299',
    Labels: 'a.b=<&>,com.docker.compose.project=shop',
    LocalVolumes: '1',
    Mounts: 'shop_a-very-lo…',
    Networks: 'back,shop_default',
    Project: 'shop',
    Publishers: [{ URL: '0.0.0.0', TargetPort: 80, PublishedPort: 8080, Protocol: 'tcp' }],
    RunningFor: '5 seconds ago',
    Size: '0B',
    State: 'running',
  });
});

describe('templates', () => {
  test.each([
    ['{{.Name}} {{.State}}', 'shop-web-1 running\n'],
    ['{{upper .State}}{{.State | title}}', 'RUNNINGRunning\n'],
    ['{{join (split .Name "-") "+"}}', 'shop+web+1\n'],
    ['{{json .Name}}', '"shop-web-1"\n'],
    ['{{.Label "com.docker.compose.project"}}', 'shop\n'],
    ['{{.Publishers}}', '[{0.0.0.0 80 8080 tcp}]\n'],
    ['[{{- .Name -}} ]', '[shop-web-1]\n'],
    ['{{truncate .Name 4}}{{pad .State 1 1}}.', 'shop running .\n'],
    ['{{/* nothing */}}x', 'x\n'],
    ['plain', 'plain\n'],
    ['table {{.Name}}\\t{{.Status}}', 'NAME         STATUS\nshop-web-1   Up 3 seconds (healthy)\n'],
    ['table {{.Label "com.docker.compose.project"}}\t{{.ID}}', 'project   CONTAINER ID\nshop      f6fb6f97a299\n'],
  ])('%s', (format, text) => {
    expect(printFormatted([row], format, containerTable)).toBe(text);
  });

  test.each([
    ['{{.Name', ': unclosed action'],
    ['{{foo .Name}}', ': function "foo" not defined'],
    ['{{.Foo}}', "can't evaluate field Foo"],
    ['{{}}', ': missing value for command'],
    ['{{if .Name}}x{{end}}', 'not yet in fig'],
    ['{{range .Publishers}}{{end}}', 'not yet in fig'],
  ])('%s is refused', (format, sentence) => {
    const fill = () => parseTemplate(format).fill(row);
    expect(fill).toThrow(TemplateFailure);
    expect(fill).toThrow(sentence);
  });
});

describe('ports', () => {
  const port = (privatePort: number, publicPort?: number, ip?: string, protocol = 'tcp'): ObservedContainer['ports'][number] => ({
    privatePort,
    protocol,
    ...(publicPort === undefined ? {} : { publicPort }),
    ...(ip === undefined ? {} : { ip }),
  });

  test.each([
    [[port(80)], '80/tcp'],
    [[port(80), port(443), port(8080)], '80/tcp, 443/tcp, 8080/tcp'],
    [[port(80), port(81), port(82)], '80-82/tcp'],
    [[port(80, 8080, '0.0.0.0'), port(80, 8080, '::')], '0.0.0.0:8080->80/tcp, [::]:8080->80/tcp'],
    [[port(80, 80, '0.0.0.0'), port(81, 81, '0.0.0.0')], '0.0.0.0:80-81->80-81/tcp'],
    [[port(80, 8080, '127.0.0.1'), port(5)], '5/tcp, 127.0.0.1:8080->80/tcp'],
    [[port(53, 53, '0.0.0.0', 'udp'), port(53, 53, '0.0.0.0')], '0.0.0.0:53->53/tcp, 0.0.0.0:53->53/udp'],
    [[], ''],
  ])('%j', (ports, text) => {
    expect(portsText(sortPorts(ports))).toBe(text);
  });
});

test.each([
  [0, 'Less than a second'],
  [1_999, '1 second'],
  [59_000, '59 seconds'],
  [60_000, 'About a minute'],
  [119_999, 'About a minute'],
  [120_000, '2 minutes'],
  [3_600_000, 'About an hour'],
  [47 * 3_600_000, '47 hours'],
  [48 * 3_600_000, '2 days'],
  [14 * 24 * 3_600_000, '2 weeks'],
  [60 * 24 * 3_600_000, '2 months'],
  [730 * 24 * 3_600_000, '2 years'],
])('%d ms is %s', (ms, text) => {
  expect(humanDuration(ms)).toBe(text);
});

test.each([
  [0, '0B'],
  [999, '999B'],
  [1_984_158, '1.98MB'],
  [4_261_550, '4.26MB'],
  [133_000_000, '133MB'],
  [1_500_000_000, '1.5GB'],
])('%d bytes are %s', (bytes, text) => {
  expect(humanSize(bytes)).toBe(text);
});
