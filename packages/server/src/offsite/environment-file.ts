import { open } from 'node:fs/promises';
import { ConfigError, octal, openToOthers } from '../platform/index.ts';

/**
 * Credentials as `NAME=value`, one a line; read at each use, so that they can be changed.
 * @throws ConfigError also when others on this machine can read them; never with what the file holds
 */
export async function readEnvironmentFile(file: string): Promise<Record<string, string>> {
  const variables: Record<string, string> = {};
  for (const [at, line] of (await readSecret(file)).split(/\r?\n/).entries()) {
    if (/^\s*(#|$)/.test(line)) continue;
    const [, name, value] = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)=(.*)$/.exec(line) ?? [];
    if (name === undefined || value === undefined) {
      throw new ConfigError({ file, line: at + 1, column: 1 }, 'expected NAME=value', {
        advice: 'Write one variable a line, as in AWS_ACCESS_KEY_ID=…',
      });
    }
    variables[name] = /^(["']).*\1$/.test(value) ? value.slice(1, -1) : value;
  }
  return variables;
}

async function readSecret(file: string): Promise<string> {
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
      throw new ConfigError({ file }, `holds credentials and is open to others (mode ${octal(stat.mode)})`, {
        advice: `Run: chmod 600 ${file}. Who could read it knows them: think of new ones.`,
      });
    }
    return await handle.readFile('utf8');
  } catch (error) {
    throw error instanceof ConfigError ? error : cannot(error);
  } finally {
    await handle.close();
  }
}
