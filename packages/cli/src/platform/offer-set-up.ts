import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Cli } from '../verb.ts';

/**
 * Hands the set-up link to whoever started the server: as a line for the terminal, or as a file that its owner alone
 * reads, since what a service prints lies in logs that many may read.
 */
export async function offerSetUp(
  cli: Cli,
  given: {
    readonly dataFolder: string;
    readonly setUpUrl: string | undefined;
    /** Fulfilled when the link leads nowhere any more. */
    readonly ownerMade: Promise<void>;
  },
): Promise<{ line?: string; file?: string }> {
  const { setUpUrl } = given;
  const file = join(given.dataFolder, 'set-up-link');
  await rm(file, { force: true });
  if (setUpUrl === undefined) return {};
  if (cli.out.isTerminal) return { line: `set it up within the hour: ${setUpUrl}` };
  await writeFile(file, `${setUpUrl}\n`, { mode: 0o600, flag: 'wx' });
  // Where that fails it goes with the next start.
  void given.ownerMade.then(() => rm(file, { force: true })).catch(() => undefined);
  return { line: `set it up within the hour, by the link in ${file}`, file };
}
