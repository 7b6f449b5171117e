import { open } from 'node:fs/promises';
import { ConfigError } from './errors.ts';
import { octal, openToOthers } from './secret-mode.ts';

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
