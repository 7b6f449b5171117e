import { Readable } from 'node:stream';
import type { Command } from 'commander';
import { readEnvironment } from '../environment.ts';
import { Output, type Writable } from '../output/output.ts';
import { fullProgram } from '../program.ts';
import { renderReference } from './render.ts';
import { renderCompatibility } from './render-compatibility.ts';

const nowhere: Writable = { write: () => true, on: () => undefined };

/** Where the reference is kept. */
export const referenceFile = new URL('../../../../docs/cli.md', import.meta.url);

/** Where the comparison with restic is kept. */
export const compatibilityFile = new URL('../../../../docs/restic-compatibility.md', import.meta.url);

/** The whole command tree, for looking at it. */
export async function wholeProgram(): Promise<Command> {
  const out = new Output({ stdout: nowhere, stderr: nowhere, onClosed: () => undefined });
  const signal = new AbortController().signal;
  return await fullProgram({
    env: readEnvironment({}),
    out,
    signal,
    interactive: false,
    input: Readable.from([]),
  });
}

/** The reference as it must be now. */
export const currentReference = async (): Promise<string> => renderReference(await wholeProgram());

/** The comparison with restic as it must be now. */
export const currentCompatibility = async (): Promise<string> => renderCompatibility(await wholeProgram());
