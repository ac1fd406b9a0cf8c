// Project: the desired world in canonical form. What the loader makes, what plans, payloads and exporters read.
// Keys are the Compose Specification's own. Absent means "not set"; null, empty and absent are told apart where the specification does.
import type { Origin } from '../source/origin.ts';
import type { Span } from '../source/span.ts';
import type { FigSettings } from './fig-settings.ts';
import type { Named } from './named.ts';
import type { Config, Model, Network, Secret, Volume } from './resources.ts';
import type { Service } from './service.ts';

/** Origins by path (`services.web.command`, `services.web.ports[0]`), for plans, `why` and messages. */
export interface Origins {
  /** The origin of a path, or of its nearest parent that has one. */
  at(path: string): Origin | undefined;
  /** The place of the key of a path: what a message about a whole service points at. */
  keyAt?(path: string): Span | undefined;
}

export interface Project {
  readonly name: string;
  /** Where the name came from; `directory` is the only one that can collide by accident. */
  readonly nameFrom: 'flag' | 'environment' | 'file' | 'directory';
  /** `--compatibility`: names of containers and built images are joined by `_` instead of `-`. */
  readonly compatibility?: boolean;
  /** Absolute project directory. */
  readonly directory: string;
  /** Absolute paths of the Compose files in load order, `-` for standard input: the label config_files. */
  readonly files: readonly string[];
  /** Absolute paths of `--env-file`s; empty when only `.env` was read: the label environment_file. */
  readonly envFiles: readonly string[];
  /** The variables that interpolation used: the process environment over `.env`. Never printed but by `config --environment`. */
  readonly environment: Named<string>;
  readonly profiles: readonly string[];
  /** Services that take part. */
  readonly services: Named<Service>;
  /** Services switched off by profiles, or not selected; known so that their containers are not orphans. */
  readonly disabledServices: Named<Service>;
  readonly networks: Named<Network>;
  readonly volumes: Named<Volume>;
  readonly secrets: Named<Secret>;
  readonly configs: Named<Config>;
  readonly models: Named<Model>;
  /** `x-…` of the root. Their values are trees as document/print.ts prints them, since JSON values would lose what numbers and times look like. */
  readonly extensions: Named<unknown>;
  /** Settings of fig alone, from `x-fig`; absent where no file was read. */
  readonly fig?: FigSettings;
  readonly origins: Origins;
}
