import type { Readable } from 'node:stream';
import type { Command } from 'commander';
import type { Environment } from './environment.ts';
import type { Output } from './output/output.ts';

/** What every verb is given by the frame. */
export interface Cli {
  readonly env: Environment;
  readonly out: Output;
  /** Aborted by Ctrl-C, by SIGTERM, and when the reader of standard output has gone. */
  readonly signal: AbortSignal;
  /** Whether a person can be asked something. */
  readonly interactive: boolean;
  /** Where passwords come from when nobody can be asked: standard input. */
  readonly input: Readable & { readonly isTTY?: boolean };
}

/**
 * One verb. Its file is loaded only when the verb is used, so that `octobox --help` stays quick and a
 * verb pays for nothing but its own parts.
 */
export interface Verb {
  readonly name: string;
  /** A few words for the list of verbs. */
  readonly summary: string;
  readonly group: 'Your data:' | 'A repository:' | 'This installation:';
  readonly load: () => Promise<VerbModule>;
}

export interface VerbModule {
  /** Adds arguments, options, help and the action to the verb's command. */
  define(command: Command, cli: Cli): void;
}
