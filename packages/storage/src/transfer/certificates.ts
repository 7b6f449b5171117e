import { readFileSync } from 'node:fs';
import { StorageError } from '../errors.ts';

/** The certificate authorities to trust instead of the system's; undefined when no file is named. */
export function trustedAuthorities(file: string | undefined): string | undefined {
  if (file === undefined) return undefined;
  const advice = 'Name a PEM file with --cacert or RESTIC_CACERT.';
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new StorageError('storage.options', `the certificate file ${file} cannot be read`, {
      cause: error,
      advice,
    });
  }
  if (!text.includes('-----BEGIN CERTIFICATE-----')) {
    throw new StorageError('storage.options', `${file} holds no certificate`, { advice });
  }
  return text;
}
