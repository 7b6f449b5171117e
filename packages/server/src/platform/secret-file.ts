import { open } from 'node:fs/promises';
import { ConfigError } from './errors.ts';
import { octal, openToOthers } from './secret-mode.ts';

/**
 * A file that the configuration names and that holds one secret: its only line. One rule for all of them: an old
 * password below the new one, or a remark, is neither sent along nor passed over.
 * @throws ConfigError as `readSecretFile`, and when there is nothing in it, or a second line
 */
export async function readSecretLine(file: string, holds: string): Promise<string> {
  const secret = (await readSecretFile(file, holds)).replace(/[\r\n]+$/, '');
  const what = secret === '' ? 'is empty' : /[\r\n]/.test(secret) ? 'has more than one line' : undefined;
  if (what === undefined) return secret;
  const alone = secret === '' ? '' : ' alone';
  throw new ConfigError({ file }, `${what}, and was to hold ${holds}${alone}`, {
    advice: 'Write it into the first line, and nothing below.',
  });
}

/**
 * A file that the configuration names and that holds a secret.
 * @param holds what is in it, for the message
 * @throws ConfigError also when others on this machine can read it; never with what the file holds
 */
export async function readSecretFile(file: string, holds: string): Promise<string> {
  const cannot = (cause: unknown): ConfigError =>
    new ConfigError({ file }, `cannot be read: ${(cause as Error).message}`, {
      cause,
      advice: 'Name a file that exists and that this user may read (mode 0600).',
    });
  const handle = await open(file).catch((cause: unknown) => {
    throw cannot(cause);
  });
  try {
    const stat = await handle.stat();
    if (openToOthers(stat)) {
      throw new ConfigError({ file }, `holds ${holds} and is open to others (mode ${octal(stat.mode)})`, {
        advice: `Run: chmod 600 ${file}. Who could read it knows what it holds: think of a new one.`,
      });
    }
    return await handle.readFile('utf8');
  } catch (error) {
    throw error instanceof ConfigError ? error : cannot(error);
  } finally {
    await handle.close();
  }
}
