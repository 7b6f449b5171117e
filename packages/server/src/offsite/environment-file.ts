import { ConfigError, readSecretFile } from '../platform/index.ts';

/**
 * Credentials as `NAME=value`, one a line; read at each use, so that they can be changed.
 * @throws ConfigError also when others on this machine can read them; never with what the file holds
 */
export async function readEnvironmentFile(file: string): Promise<Record<string, string>> {
  const variables: Record<string, string> = {};
  for (const [at, line] of (await readSecretFile(file, 'credentials')).split(/\r?\n/).entries()) {
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
