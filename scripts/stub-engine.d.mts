/** Starts an engine that speaks API 1.51, has nothing, and remembers what it is asked to make. */
export function startStubEngine(): Promise<{
  readonly host: string;
  readonly made: readonly { readonly call: string; readonly body: unknown }[];
  stop(): Promise<void>;
}>;
