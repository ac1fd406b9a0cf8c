// Both programs, one after the other and from the same beginning: what fig answers and leaves behind, and the reference where it is at hand.
import { expect } from 'vitest';
import type { CommandOptions, TestProject } from './project.ts';
import { withoutReference } from './reference.ts';

/** Files to write (path → text), or a command: its words, or its words with an input or an environment of its own. */
export type Step = string | ({ readonly command: string } & CommandOptions) | { readonly files: Readonly<Record<string, string>> };

/** What a command ended with, printed on stdout, and left on the engine. */
export interface Answer {
  readonly command: string;
  readonly code: number;
  readonly stdout: string;
  /**
   * `web-1 running #2 [#3 data]`: each container with its number in the order in which the containers of the run were first seen, so that
   * a new number is a new container, then its volumes, anonymous ones by such a number; an exit code follows `exited`.
   */
  readonly state: readonly string[];
}

/** Runs the steps with one program. Everything of the project is removed before. */
async function answersOf(program: 'fig' | 'reference', project: TestProject, steps: readonly Step[]): Promise<readonly Answer[]> {
  await project.daemon.sweep(project.name);
  const seen = new Map<string, string>();
  const numbered = (key: string) => {
    const number = seen.get(key) ?? `#${seen.size + 1}`;
    seen.set(key, number);
    return number;
  };
  const answers: Answer[] = [];
  for (const step of steps) {
    if (typeof step === 'object' && 'files' in step) {
      for (const [path, text] of Object.entries(step.files)) project.write(path, text);
      continue;
    }
    const { command, ...options } = typeof step === 'string' ? { command: step } : step;
    const words = command.split(' ');
    const { code, stdout } = await (program === 'fig' ? project.figWith(options, ...words) : project.referenceWith(options, ...words));
    answers.push({ command, code, stdout: withoutIds(stdout), state: await stateOf(project, numbered) });
  }
  return answers;
}

/** Ids differ from run to run; the names of one-offs hold one. */
function withoutIds(text: string): string {
  return text.replace(/[0-9a-f]{64}/g, 'ID').replace(/-run-[0-9a-f]{12}/g, '-run-ID');
}

async function stateOf({ daemon, name }: TestProject, numbered: (key: string) => string): Promise<readonly string[]> {
  const lines: string[] = [];
  for (const one of await daemon.containers(name)) {
    const number = numbered(one.id);
    const { State, Mounts } = await daemon.inspect(one.id);
    const volumes = Mounts.filter(({ Type }: { Type: string }) => Type === 'volume')
      .map(({ Name }: { Name: string }) => (/^[0-9a-f]{64}$/.test(Name) ? numbered(Name) : Name.replace(`${name}_`, '')))
      .sort();
    const state = one.state === 'exited' ? `exited ${State.ExitCode}` : one.state;
    const shortName = withoutIds(one.name.replace(`${name}-`, ''));
    lines.push(`${shortName} ${state} ${number}${volumes.length > 0 ? ` [${volumes.join(' ')}]` : ''}`);
  }
  const rest = [...(await daemon.networks(name)), ...(await daemon.volumes(name))].map(one => one.name.replace(`${name}_`, ''));
  return [...lines, ...rest.sort()];
}

/** Runs the steps with fig and, where it is at hand, with the reference, which must answer and leave the same. Returns fig's answers. */
export async function sameAnswers(project: TestProject, steps: readonly Step[]): Promise<readonly Answer[]> {
  const ours = await answersOf('fig', project, steps);
  if (!withoutReference) expect(await answersOf('reference', project, steps)).toEqual(ours);
  return ours;
}

/** The states after each command, under the command: for snapshots. */
export function statesText(answers: readonly Answer[]): string {
  return `\n${answers.map(({ command, code, state }) => `${command} → ${code}\n${state.map(line => `  ${line}\n`).join('')}`).join('')}`;
}
