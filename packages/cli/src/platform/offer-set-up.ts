import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Cli } from '../verb.ts';

/**
 * Hands the set-up link to whoever started the server: as a line for the terminal, or as a file that its owner alone
 * reads, since what a service prints lies in logs that many may read.
 */
export async function offerSetUp(
  cli: Cli,
  { dataFolder, setUpUrl }: { readonly dataFolder: string; readonly setUpUrl: string | undefined },
): Promise<{ line?: string; file?: string }> {
  const file = join(dataFolder, 'set-up-link');
  await rm(file, { force: true });
  if (setUpUrl === undefined) return {};
  if (cli.out.isTerminal) return { line: `set it up within the hour: ${setUpUrl}` };
  await writeFile(file, `${setUpUrl}\n`, { mode: 0o600, flag: 'wx' });
  return { line: `set it up within the hour, by the link in ${file}`, file };
}
