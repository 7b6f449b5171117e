import { readFile } from 'node:fs/promises';
import { ConfigError } from './errors.ts';

/**
 * A file with the certificate authorities to trust (PEM); undefined: the known ones.
 * @param setting that names it, for the message
 * @throws ConfigError when it cannot be read
 */
export async function readAuthorities(
  file: string | undefined,
  setting: string,
): Promise<Buffer | undefined> {
  if (file === undefined) return undefined;
  try {
    return await readFile(file);
  } catch (cause) {
    throw new ConfigError({ file }, `cannot be read: ${(cause as Error).message}`, {
      cause,
      advice: `"${setting}" in octobox.yaml names it: a PEM file that exists and that this user may read.`,
    });
  }
}
