// Choose: which view a terminal and the flags ask for. listr2 and chalk are loaded for the live view alone.
import { jsonView } from './json.ts';
import { linesView } from './lines.ts';
import { quietView } from './quiet.ts';
import type { Output, View } from './view.ts';

export type ProgressKind = 'auto' | 'tty' | 'plain' | 'json' | 'quiet';
export type AnsiChoice = 'auto' | 'always' | 'never';

export interface ViewChoice {
  readonly progress: ProgressKind;
  readonly ansi: AnsiChoice;
  readonly coloured: boolean;
  readonly dryRun: boolean;
  /** The logs follow once everything is made. */
  readonly attached: boolean;
  /** What is done, for the header of the live view: `up`. */
  readonly title: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** The view for progress on `output` (stderr); plain ones print what builds say to `results` (stdout). */
export async function chooseView(choice: ViewChoice, output: Output, results: Output): Promise<View> {
  switch (choice.progress) {
    case 'quiet':
      return quietView;
    case 'json':
      return jsonView(output, { dryRun: choice.dryRun });
    case 'plain':
      return linesView(output, results);
    case 'auto':
      if (!output.isTerminal || choice.ansi === 'never') return linesView(output, results);
      break;
    case 'tty':
  }
  const { tasksView } = await import('./tasks.ts');
  return tasksView(output, { coloured: choice.coloured, title: choice.title, attached: choice.attached, now: choice.now });
}
