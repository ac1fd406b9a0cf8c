// Cascade: which end of a container stops an attached run, and what the run's exit code is then (interop.md §5.8). Asked by attendance.ts.
import type { OperationOf, StepId } from '../plan/operation.ts';
import type { Step } from '../plan/plan.ts';

export interface CascadeRules {
  /** What the first container that ends brings about; `failure`: the first that ends with another code than 0. */
  readonly cascade: 'none' | 'exit' | 'failure';
  /** The exit code is that of this service's first container to end. */
  readonly exitCodeFrom?: string;
}

export interface Cascade {
  /** Called with the steps of the plan, and with those that decisions add. */
  note(steps: readonly Step[]): void;
  /** Called with each step that has ended, however. */
  stepEnded(step: StepId): void;
  /** Counts an end; whether it stops the run. */
  ended(service: string, code: number): boolean;
  /** Of the container whose end stopped the others, or of the chosen service's, whichever ended later; 0 where there is none. */
  readonly exitCode: number;
}

/** The ends of one run. */
export function createCascade({ cascade, exitCodeFrom }: CascadeRules): Cascade {
  /** The waits of the plan that have to end well, by step, and those of them that have not ended. */
  const waits = new Map<StepId, OperationOf<'container.wait'>>();
  const open = new Set<StepId>();
  let isStopped = false;
  let isChosenOver = false;
  let exitCode = 0;

  /**
   * Whether an end is what others wait for: stopping then would stop what has yet to start. A one-shot is meant to end well; of every other
   * end before the wait is over, the wait itself fails.
   */
  function isAwaited(service: string, code: number): boolean {
    const own = [...waits].filter(([, wait]) => wait.service === service);
    const endsWell = code === 0 && own.some(([, { until }]) => until === 'service_completed_successfully');
    return endsWell ? service !== exitCodeFrom : own.some(([step]) => open.has(step));
  }

  return {
    note(steps) {
      for (const { id, operation } of steps) {
        if (operation.kind !== 'container.wait' || !operation.required || operation.for === undefined) continue;
        waits.set(id, operation);
        open.add(id);
      }
    },
    stepEnded: step => void open.delete(step),
    ended(service, code) {
      const stops = (cascade === 'exit' || (cascade === 'failure' && code !== 0)) && !isAwaited(service, code);
      const isChosen = service === exitCodeFrom;
      if ((stops && !isStopped) || (isChosen && !isChosenOver)) exitCode = code;
      isStopped ||= stops;
      isChosenOver ||= isChosen;
      return stops;
    },
    get exitCode() {
      return exitCode;
    },
  };
}
