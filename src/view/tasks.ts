// The live view: one row a resource, redrawn ten times a second at most, only the lines that changed. listr2 keeps the list of tasks
// (each merely awaits the last event of its resource) and starts and ends the drawing through its renderer interface.
import { Listr } from 'listr2';
import type { Event } from '../events/event.ts';
import type { Progress, SubjectProgress } from '../events/progress.ts';
import { clip, displayWidth, printable } from './printable.ts';
import { colourTheme, cursor, plainTheme, type Theme } from './theme.ts';
import type { Output, View } from './view.ts';
import { createWording } from './wording.ts';

export interface TasksOptions {
  readonly coloured: boolean;
  /** What is done, for the header: `up`. */
  readonly title: string;
  /** The logs follow: starting is not shown, since its end would come after the last frame. */
  readonly attached: boolean;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Frames a second; below what an eye calls smooth, above what it calls stuck. */
const frameMs = 100;
const spinner = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

/** What has been said of a subject: the last word, which survives steps that say nothing. */
interface Word {
  readonly text: string;
  readonly details: string;
  /** Whether it tells of something that is over. */
  readonly isDone: boolean;
}

/** The live view on a terminal. */
export async function tasksView(output: Output, options: TasksOptions): Promise<View> {
  const theme = options.coloured ? await colourTheme() : plainTheme;
  const wording = createWording();
  const words = new Map<string, Word>();
  const screen = createScreen(output);
  const waiting = new Map<string, () => void>();
  const lists: Promise<unknown>[] = [];
  let timer: NodeJS.Timeout | undefined;
  let drawn = 0;
  let isClosing = false;
  /** The logs have begun: what is still to tell goes between their lines, a line each, as rows would be drawn over them. */
  let isAmongLogs = false;

  function draw(): void {
    screen.paint(
      frame(
        { progress: wording.progress, words, title: options.title, now: options.now(), tick: drawn++, theme, isLast: isClosing },
        output,
      ),
    );
  }

  /** What listr2 drives. It is told of tasks and draws from the fold, so that a hundred rows cost what changed in them. */
  class RowsRenderer {
    static readonly rendererOptions = {};
    static readonly rendererTaskOptions = {};
    static readonly nonTTY = true;
    render(): void {
      timer ??= setInterval(draw, frameMs);
    }
    end(): void {
      if (waiting.size > 0) return;
      clearInterval(timer);
      timer = undefined;
      draw();
      screen.rest();
    }
  }

  /** Adds a task for every subject that has steps left and none yet. */
  function expectSubjects(subjects: readonly SubjectProgress[]): void {
    const fresh = subjects.filter(({ key, left }) => left > 0 && !waiting.has(key));
    if (fresh.length === 0) return;
    const tasks = fresh.map(({ key }) => {
      const ended = new Promise<void>(resolve => waiting.set(key, resolve));
      return { title: key, task: () => ended };
    });
    const list = new Listr(tasks, { concurrent: true, exitOnError: false, registerSignalListeners: false, renderer: RowsRenderer });
    lists.push(list.run());
  }

  function settle(subjects: readonly SubjectProgress[]): void {
    for (const { key, left } of subjects) {
      if (left > 0) continue;
      waiting.get(key)?.();
      waiting.delete(key);
    }
  }

  return {
    show(event: Event) {
      for (const { id, parent, text, details, status } of wording.notices(event)) {
        if (options.attached && (text === 'Starting' || text === 'Started')) continue;
        if (parent !== undefined) continue;
        words.set(id, { text, details: details ?? '', isDone: status !== 'working' });
        if (isAmongLogs) output.write(`${id} ${coloursOf(theme)[status](text)} ${details ?? ''}\n`);
      }
      if (isAmongLogs) return;
      const { subjects, changed } = wording.progress;
      if (event.type === 'plan.started' || event.type === 'plan.extended') expectSubjects(subjects);
      else if (changed !== undefined) settle(subjects.slice(changed, changed + 1));
      if (event.type === 'plan.finished') settle(subjects.map(subject => ({ ...subject, left: 0 })));
    },
    async close() {
      if (isAmongLogs) return output.drained();
      isClosing = true;
      settle([...waiting.keys()].map(key => ({ key, left: 0 }) as SubjectProgress));
      await Promise.all(lists);
      clearInterval(timer);
      draw();
      screen.leave();
      isClosing = false;
      isAmongLogs = options.attached;
      await output.drained();
    },
  };
}

const coloursOf = (theme: Theme) => ({ working: theme.busy, done: theme.done, warning: theme.warning, error: theme.error });

interface Picture {
  readonly progress: Progress;
  readonly words: ReadonlyMap<string, Word>;
  readonly title: string;
  readonly now: number;
  readonly tick: number;
  readonly theme: Theme;
  /** The frame that stays: nothing turns any more. */
  readonly isLast: boolean;
}

/** The lines of one frame: a header, then rows, as many as the terminal holds; running ones first where not all fit. */
export function frame(picture: Picture, size: { readonly columns: number; readonly rows: number }): readonly string[] {
  const { progress, theme } = picture;
  const shown = progress.subjects.filter(({ key }) => picture.words.has(printable(key)));
  if (shown.length === 0) return [];
  const ended = shown.filter(subject => isOver(subject, picture) && subject.state !== 'skipped').length;
  const header = `[+] ${picture.title} ${ended}/${shown.length}`;
  const room = picture.isLast ? shown.length : Math.max(1, size.rows - 2);
  const kept = shown.length <= room ? shown : mostTelling(shown, room - 1);
  const idWidth = Math.max(...kept.map(({ key }) => displayWidth(printable(key))));
  const rows = kept.map(subject => row(subject, picture, idWidth, size.columns));
  const hidden = shown.length - kept.length;
  return [clip(header, size.columns - 1), ...rows, ...(hidden > 0 ? [theme.faint(clip(`   … ${hidden} more`, size.columns - 1))] : [])];
}

/** Of more rows than fit: those in trouble, then those at work, then the rest, each in the order of the plan. */
function mostTelling(subjects: readonly SubjectProgress[], room: number): readonly SubjectProgress[] {
  const rank = ({ state }: SubjectProgress) => ['failed', 'warning', 'working', 'waiting', 'skipped', 'done'].indexOf(state);
  const chosen = new Set(subjects.toSorted((a, b) => rank(a) - rank(b)).slice(0, room));
  return subjects.filter(subject => chosen.has(subject));
}

/** Whether nothing more is to come of a subject; in the frame that stays, that what was said last is done. */
function isOver(subject: SubjectProgress, picture: Picture): boolean {
  const isDone = picture.isLast && (picture.words.get(printable(subject.key))?.isDone ?? false);
  return subject.left === 0 || subject.state === 'failed' || isDone;
}

function row(subject: SubjectProgress, picture: Picture, idWidth: number, columns: number): string {
  const { theme, now, tick } = picture;
  const id = printable(subject.key);
  const word = picture.words.get(id);
  const over = isOver(subject, picture);
  const [sign, colour] = signOf(subject, over, picture.isLast ? undefined : tick, theme);
  const elapsed = subject.startedAt === undefined ? '' : `${((((over && subject.endedAt) || now) - subject.startedAt) / 1000).toFixed(1)}s`;
  const status = [word?.text ?? '', word?.details ?? '', over ? '' : layers(subject)].filter(part => part !== '').join(' ');
  const roomForId = Math.max(8, Math.min(idWidth, columns - 24));
  const shownId = clip(id, roomForId);
  const gap = ' '.repeat(roomForId - displayWidth(shownId));
  const room = columns - 1 - 3 - roomForId - 1 - elapsed.length - 1;
  const shownStatus = clip(status, Math.max(0, room));
  const fill = ' '.repeat(Math.max(0, room - displayWidth(shownStatus)) + 1);
  return ` ${colour(sign)} ${shownId}${gap} ${over ? colour(shownStatus) : shownStatus}${fill}${theme.time(elapsed)}`.trimEnd();
}

function signOf(subject: SubjectProgress, isOver: boolean, tick: number | undefined, theme: Theme): readonly [string, Theme['done']] {
  if (subject.state === 'failed') return ['✘', theme.error];
  if (!isOver) return tick === undefined ? ['-', theme.faint] : [spinner[tick % spinner.length] as string, theme.warning];
  if (subject.state === 'warning') return ['!', theme.warning];
  return subject.state === 'skipped' ? ['-', theme.faint] : ['✔', theme.done];
}

/** `[⣿⣦⠀] 12.3MB / 40MB` for the layers of an image. */
function layers(subject: SubjectProgress): string {
  const sized = subject.parts.filter(part => part.total !== undefined && part.total > 0);
  if (sized.length === 0) return '';
  const levels = [...'⠀⡀⣀⣄⣤⣦⣶⣷⣿'];
  const bar = sized.map(({ done = 0, total = 1 }) => levels[Math.min(8, Math.floor((done * 8) / total))]).join('');
  const sum = (of: 'done' | 'total') => sized.reduce((all, part) => all + (part[of] ?? 0), 0);
  return `[${bar}] ${megabytes(sum('done'))} / ${megabytes(sum('total'))}`;
}

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)}MB`;

/** Paints frames over one another, writing only the lines that differ. */
interface Screen {
  paint(lines: readonly string[]): void;
  /** Shows the cursor until the next change: nothing is going on, or a program in a container has the terminal. */
  rest(): void;
  /** Leaves the last frame standing, with the cursor below it. */
  leave(): void;
}

function createScreen(output: Output): Screen {
  let before: readonly string[] = [];
  let isHidden = false;

  function rest(): void {
    if (isHidden) output.write(cursor.show);
    isHidden = false;
  }

  return {
    rest,
    paint(lines) {
      const height = Math.max(before.length, lines.length);
      let text = '';
      let at = before.length;
      for (let index = 0; index < height; index++) {
        if (before[index] === lines[index] && index < before.length) continue;
        text += index < at ? cursor.up(at - index) : cursor.down(index - at);
        text += `\r${cursor.clearLine}${lines[index] ?? ''}\n`;
        at = index + 1;
      }
      if (text === '') return;
      text += at < lines.length ? cursor.down(lines.length - at) : cursor.up(at - lines.length);
      output.write(`${isHidden ? '' : cursor.hide}${text}`);
      isHidden = true;
      before = lines;
    },
    leave() {
      rest();
      before = [];
    },
  };
}
