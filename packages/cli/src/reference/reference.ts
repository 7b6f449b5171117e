import { readEnvironment } from '../environment.ts';
import { Output, type Writable } from '../output/output.ts';
import { fullProgram } from '../program.ts';
import { renderReference } from './render.ts';

const nowhere: Writable = { write: () => true, on: () => undefined };

/** Where the reference is kept. */
export const referenceFile = new URL('../../../../docs/cli.md', import.meta.url);

/** The reference as it must be now. */
export async function currentReference(): Promise<string> {
  const out = new Output({ stdout: nowhere, stderr: nowhere, onClosed: () => undefined });
  const signal = new AbortController().signal;
  const program = await fullProgram({ env: readEnvironment({}), out, signal, interactive: false });
  return renderReference(program);
}
