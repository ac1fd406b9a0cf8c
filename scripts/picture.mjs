// `npm run picture`: makes docs/picture.svg from a real run of the demo's commands on a real terminal; nothing in it is written by hand.
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { canIsolate, importBusybox, programPath, startPrivateEngine } from './engine.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const columns = 100;
const rows = 80;

if (process.env.FIG_TEST_INSIDE !== '1' && canIsolate()) {
  const inner = '"$1" ip link set lo up && shift && exec "$@"';
  const args = ['--net', 'sh', '-c', inner, 'sh', programPath('busybox'), process.execPath, ...process.argv.slice(1)];
  const { status } = spawnSync('unshare', args, { stdio: 'inherit', env: { ...process.env, FIG_TEST_INSIDE: '1' } });
  process.exit(status ?? 1);
}

/** Runs shell lines on a pseudo-terminal, each shown with a prompt first; resolves to all that the terminal was sent. */
function record(lines, env) {
  const program = lines.map(line => `printf '\\033[1;32m$\\033[0m %s\\n' ${quote(line)}; ${line}`).join("\nprintf '\\n'\n");
  const fig = `fig() { ${quote(process.execPath)} ${quote(join(root, 'dist/fig.cjs'))} "$@"; }`;
  const inner = `stty rows ${rows} cols ${columns}; ${fig}\n${program}`;
  const { stdout, status } = spawnSync('script', ['-q', '-e', '-f', '-E', 'never', '-c', inner, '/dev/null'], {
    cwd: join(root, 'examples/shop'),
    env: {
      PATH: process.env.PATH,
      HOME: root,
      TERM: 'xterm-256color',
      COLORTERM: 'truecolor',
      LANG: 'C.UTF-8',
      SHELL: '/bin/bash',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`the run ended with ${status}:\n${stdout}`);
  return stdout;
}

const quote = text => `'${text.replaceAll("'", `'\\''`)}'`;

/** The lines of a terminal after it was sent `text`: each a list of cells with character and style. Knows what fig and busybox send. */
function screenOf(text) {
  const screen = [[]];
  let [row, column, style] = [0, 0, {}];
  const line = () => {
    while (screen.length <= row) screen.push([]);
    return screen[row];
  };
  const put = character => {
    if (column >= columns) [row, column] = [row + 1, 0];
    const cells = line();
    while (cells.length < column) cells.push({ character: ' ', style: {} });
    cells[column++] = { character, style };
  };
  const colour = codes => {
    for (let at = 0; at < codes.length; at++) {
      const code = codes[at];
      if (code === 0) style = {};
      else if (code === 1) style = { ...style, bold: true };
      else if (code === 2) style = { ...style, dim: true };
      else if (code === 22) style = { ...style, bold: false, dim: false };
      else if ((code >= 30 && code <= 37) || (code >= 90 && code <= 97)) style = { ...style, colour: palette[code] };
      else if (code === 38 && codes[at + 1] === 5) [style, at] = [{ ...style, colour: indexed(codes[at + 2]) }, at + 2];
      else if (code === 38 && codes[at + 1] === 2) [style, at] = [{ ...style, colour: `rgb(${codes.slice(at + 2, at + 5)})` }, at + 4];
      else if (code === 39) style = { ...style, colour: undefined };
    }
  };
  const sequence = /\x1b\[([?\d;]*)([A-Za-z])|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[=>78]|([\s\S])/gu;
  for (const [, parameters, command, character] of text.matchAll(sequence)) {
    const numbers = (parameters ?? '').split(';').map(Number);
    const count = numbers[0] || 1;
    if (character === '\n') row++;
    else if (character === '\r') column = 0;
    else if (character === '\b') column = Math.max(0, column - 1);
    else if (character !== undefined && character >= ' ') put(character);
    else if (command === 'A') row = Math.max(0, row - count);
    else if (command === 'B') row += count;
    else if (command === 'C') column += count;
    else if (command === 'D') column = Math.max(0, column - count);
    else if (command === 'E') [row, column] = [row + count, 0];
    else if (command === 'F') [row, column] = [Math.max(0, row - count), 0];
    else if (command === 'G') column = count - 1;
    else if (command === 'K') {
      const cells = line();
      if (numbers[0] === 2) cells.length = 0;
      else if (numbers[0] === 1) for (let at = 0; at <= column && at < cells.length; at++) cells[at] = { character: ' ', style: {} };
      else cells.length = Math.min(cells.length, column);
    } else if (command === 'J' && numbers[0] === 0) {
      line().length = Math.min(line().length, column);
      screen.length = row + 1;
    } else if (command === 'm') colour(numbers);
  }
  while (screen.length > 0 && screen.at(-1).every(({ character }) => character === ' ')) screen.pop();
  return screen;
}

const shades = ['#2e3440', '#e06c75', '#98c379', '#e5c07b', '#61afef', '#c678dd', '#56b6c2', '#d8dee9'];
const palette = Object.fromEntries(
  shades.flatMap((shade, index) => [
    [30 + index, shade],
    [90 + index, index === 0 ? '#7f8794' : shade],
  ]),
);

/** A colour of the 256. */
function indexed(index) {
  if (index < 8) return palette[30 + index];
  if (index < 16) return palette[82 + index];
  if (index > 231) return `rgb(${Array(3).fill(8 + (index - 232) * 10)})`;
  const level = part => (part === 0 ? 0 : 55 + part * 40);
  const cube = index - 16;
  return `rgb(${[Math.floor(cube / 36), Math.floor(cube / 6) % 6, cube % 6].map(level)})`;
}

const escapeXml = text => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** Cells of one style that stand together, as a tspan. */
function runs(cells) {
  const parts = [];
  for (const { character, style } of cells) {
    const last = parts.at(-1);
    if (last && JSON.stringify(last.style) === JSON.stringify(style)) last.text += character;
    else parts.push({ style, text: character });
  }
  return parts
    .map(({ style, text }) => {
      const look = [style.colour && `fill="${style.colour}"`, style.bold && 'font-weight="bold"', style.dim && 'opacity="0.6"'].filter(
        Boolean,
      );
      return look.length > 0 ? `<tspan ${look.join(' ')}>${escapeXml(text)}</tspan>` : escapeXml(text);
    })
    .join('');
}

function svgOf(screen) {
  const [cell, height, margin] = [7.6, 17, 16];
  const width = Math.ceil(Math.max(...screen.map(cells => cells.length)) * cell + 2 * margin);
  const total = screen.length * height + 2 * margin;
  const lines = screen.map((cells, at) =>
    // textLength keeps columns aligned whatever font the reader's machine has.
    cells.length === 0
      ? ''
      : `<text x="${margin}" y="${margin + (at + 1) * height - 4}" textLength="${(cells.length * cell).toFixed(1)}" lengthAdjust="spacing" xml:space="preserve">${runs(cells)}</text>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${total}" viewBox="0 0 ${width} ${total}" role="img" aria-label="fig brings up the example shop">
<rect width="100%" height="100%" rx="8" fill="#20242c"/>
<g font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="12.6" fill="#d8dee9">
${lines.filter(Boolean).join('\n')}
</g>
</svg>
`;
}

const engine = await startPrivateEngine();
try {
  await importBusybox(engine.host, 'shop-base:latest');
  const page = `node -e 'fetch("http://127.0.0.1:8080/").then(a => a.text()).then(t => process.stdout.write(t))'`;
  const fetchPage = programPath('curl') ? 'curl -s http://127.0.0.1:8080/' : page;
  const env = { DOCKER_HOST: engine.host };
  const list = String.raw`fig ps -a --format 'table {{.Name}}\t{{.Status}}\t{{.Ports}}'`;
  const mistake = "sed 's|data:/|date:/|; s|ports:|port:|' compose.yaml | fig -f - up -d";
  const screen = screenOf(record(['fig up -d', list, mistake, 'fig logs migrate', fetchPage], env));
  mkdirSync(join(root, 'docs'), { recursive: true });
  writeFileSync(join(root, 'docs/picture.svg'), svgOf(screen));
  console.log(`docs/picture.svg: ${screen.length} lines`);
} finally {
  await engine.stop();
}
