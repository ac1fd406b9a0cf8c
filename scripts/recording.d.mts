// Types of recording.mjs, for the tests.
export const fixedFolder: string;
export const answerCommands: readonly (readonly string[])[];
export function recordedLines(command: string, stdout: string): string[];
export function withDirectory(text: string, directory: string): string;
export function comparable(get: (path: string) => Promise<unknown>, project: string, directory: string): Promise<unknown>;

/** The calls of a stub engine that made something, in the form in which they are recorded. */
export function comparableBodies(made: readonly { readonly call: string; readonly body: unknown }[], directory: string): unknown;
