// `npm run differential`: generated cases, or the corpus with mutations, put to fig and to the reference; differences are made small and shown.
// usage: differential [--count N] [--seed N] [--mutate] [--workers N] [--sample N] [--no-minimise] [--keep FILE] [--why] [--record]
import { appendFileSync, existsSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../sources.ts';
import type { Case } from './case.ts';
import { type Difference, differences, environmentOf, figInProcess, layOut, type Programs, program } from './compare.ts';
import { generate } from './generate.ts';
import { minimise } from './minimise.ts';
import { record } from './record.ts';

const { values: flags } = parseArgs({
  options: {
    count: { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
    workers: { type: 'string', default: '2' },
    sample: { type: 'string', default: '50' },
    mutate: { type: 'boolean', default: false },
    keep: { type: 'string' },
    record: { type: 'boolean', default: false },
    why: { type: 'boolean', default: false },
    'no-minimise': { type: 'boolean', default: false },
  },
});

const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
const referencePath = process.env['FIG_REFERENCE'] ?? join(cache, 'fig-reference/v5.5.1/docker-compose');
const built = join(root, 'dist/fig.cjs');
if (!existsSync(referencePath)) throw new Error(`no reference at ${referencePath}: set FIG_REFERENCE`);

const reference = program(referencePath);
const inProcess: Programs = { reference, fig: figInProcess };
const wholeProgram: Programs = { reference, fig: program(process.execPath, built) };

function show(one: Case, { question, kind, reference, fig }: Difference): string {
  const files = Object.entries(one.files).map(([path, content]) => `--- ${path}\n${content}`);
  return [
    `==== ${one.name}: ${kind}: ${[...one.args, ...question].join(' ')}`,
    ...files,
    `--- reference: ${reference.code} ${reference.stderr.replace(/time="[^"]*" /g, '').slice(0, 600)}`,
    `--- fig: ${fig.code} ${fig.stderr.slice(0, 600)}`,
    ...(kind === 'output' ? [lineDifferences(reference.stdout, fig.stdout)] : []),
    '',
  ].join('\n');
}

/** The lines of either side that the other lacks, at most 20. */
function lineDifferences(wanted: string, got: string): string {
  const [a, b] = [wanted.split('\n'), got.split('\n')];
  const only = (mark: string, these: readonly string[], those: readonly string[]) =>
    these.filter(line => !those.includes(line)).map(line => `${mark}${line}`);
  const lines = [...only('-', a, b), ...only('+', b, a)];
  return (lines.length > 0 ? lines : ['(the same lines in another order)', wanted, got]).slice(0, 20).join('\n');
}

const folder = join(tmpdir(), 'fig-differential');
let asked = 0;
let cases = 0;
let accepted = 0;
let failing = 0;
const allowed = new Map<string, number>();

async function examine(one: Case, index: number): Promise<void> {
  const directory = join(folder, `case-${one.name.replace(/[^\w.-]/g, '_')}`);
  layOut(one, directory);
  const programs = index % Number(flags.sample) === 0 && existsSync(built) ? wholeProgram : inProcess;
  const { found, rows } = await differences(one, directory, programs);
  cases++;
  asked += one.questions.length;
  const verdict = await figInProcess([...one.args, 'config', '-q'], directory, environmentOf(one, directory));
  if (verdict.code === 0) accepted++;
  else if (flags.why) say(`${one.name}: ${verdict.stderr.split('\n').find(line => line.startsWith('error'))}`);
  for (const row of rows) allowed.set(row, (allowed.get(row) ?? 0) + 1);
  const [first] = found;
  if (!first) return;
  failing++;
  const sign = signature(first);
  if (seen.has(sign)) return say(`==== ${one.name}: as ${seen.get(sign)}: ${first.kind}: ${first.question.join(' ')}`);
  seen.set(sign, one.name);
  let small = one;
  let shown = first;
  if (!flags['no-minimise']) {
    small = await minimise(one, async smaller => {
      layOut(smaller, directory);
      const [still] = (await differences(smaller, directory, inProcess, { questions: [first.question], repetitions: 1 })).found;
      if (still?.kind !== first.kind) return false;
      shown = still;
      return true;
    });
  }
  const told = show(small, shown);
  say(told);
  if (flags.keep) appendFileSync(flags.keep, told);
}

const say = (line: string) => void process.stdout.write(`${line}\n`);

/** Differences that look alike are shown once. */
const seen = new Map<string, string>();

function signature({ kind, question, reference, fig }: Difference): string {
  const complaint = (told: string) =>
    told.split('\n').find(line => line !== '' && !/level=warning|^warning|^\s|^decoding/.test(line)) ?? '';
  const line =
    kind === 'output'
      ? (lineDifferences(reference.stdout, fig.stdout).split('\n')[0] ?? '')
      : complaint(kind === 'fig refuses' ? fig.stderr : reference.stderr);
  const flagsOnly = question.filter(word => word.startsWith('--') && word !== '--format');
  return [kind, kind === 'output' ? flagsOnly.join(' ') : '', line.replace(/\d+|"[^"]*"|\[[^\]]*\]|services\.[\w.-]+?\./g, '')].join('|');
}

async function compareAll(first: number, wanted: number): Promise<void> {
  const started = Date.now();
  let next = 0;
  const caseAt = flags.mutate ? (await import('./mutate.ts')).mutatedCase : generate;
  await Promise.all(
    Array.from({ length: Number(flags.workers) }, async () => {
      while (next < wanted) {
        const index = next++;
        const one = caseAt(first + index);
        if (one) await examine(one, index);
      }
    }),
  );
  for (const [row, count] of [...allowed].sort()) say(`registered, ${count} times: ${row}`);
  say(
    `seeds ${first} to ${first + wanted - 1}: ${cases} cases (${accepted} accepted), ${asked} questions, ${failing} cases differ; ${Math.round((Date.now() - started) / 1000)} s`,
  );
  process.exitCode = failing === 0 ? 0 : 1;
}

if (flags.record)
  say(`recorded ${await record(reference, Number(flags.seed), Number(flags.count))} generated cases, and those of fixtures/attributes`);
else await compareAll(Number(flags.seed), Number(flags.count));
