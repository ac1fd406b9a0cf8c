// A case of the differential run: files, and what both programs are asked about them.

export interface Case {
  /** The seed, or what was mutated. */
  readonly name: string;
  /** Path from the case's folder → text. */
  readonly files: Readonly<Record<string, string>>;
  /** Arguments before the command. */
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Arguments from the command on. */
  readonly questions: readonly (readonly string[])[];
}

export interface Answer {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}
