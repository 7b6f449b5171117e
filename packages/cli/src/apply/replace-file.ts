import { randomBytes } from 'node:crypto';
import { open, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import { CliError } from '../errors.ts';

/**
 * Puts a text in place of a file, whole or not at all, with the mode and the owner that it had; a link goes on
 * leading to it.
 * @param before what was read from it; undefined: there was none
 * @throws CliError when somebody else changed it meanwhile
 */
export async function replaceFile(named: string, before: string | undefined, text: string): Promise<void> {
  const file = await realpath(named).catch(() => named);
  const known = await stat(file).catch(() => undefined);
  const draft = `${file}.${randomBytes(6).toString('hex')}.new`;
  try {
    const handle = await open(draft, 'wx', known === undefined ? 0o644 : known.mode & 0o7777);
    try {
      if (known !== undefined) {
        await handle.chmod(known.mode & 0o7777);
        if (known.uid !== process.getuid?.()) await handle.chown(known.uid, known.gid);
      }
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    if ((await readFile(file, 'utf8').catch(() => undefined)) !== before) {
      throw new CliError('cli.refused', `${file} was changed meanwhile; it was not written`, {
        advice: 'Run it again.',
      });
    }
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    if (error instanceof CliError) throw error;
    throw new CliError('cli.file-unreadable', `${file} cannot be written: ${(error as Error).message}`, {
      cause: error,
      advice: 'Run as the user to whom it belongs.',
    });
  }
}
