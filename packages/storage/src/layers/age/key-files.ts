/**
 * Files with keys, as `age-keygen` and `age` write and read them: one key a line, `#` begins a comment. An identity
 * file may itself be an age file, encrypted with a passphrase, binary or armored.
 */
import { LayerConfigurationError, PassphraseError } from '../layer-errors.ts';
import { HeaderError } from '../layer-format.ts';
import { isArmored } from './armor.ts';
import { PassphraseIdentity } from './passphrase.ts';
import { decryptSmall } from './small-file.ts';
import { X25519Identity, X25519Recipient } from './x25519.ts';

/** `name`: how the file is called in errors. Throws `LayerConfigurationError`. */
export const parseRecipients = (text: string, name: string): X25519Recipient[] =>
  parseLines(text, name, 'recipient', (line) => X25519Recipient.parse(line));

/** Of a plain identity file. Throws `LayerConfigurationError`, which tells nothing of what is in the file. */
export const parseIdentities = (text: string, name: string): X25519Identity[] =>
  parseLines(text, name, 'identity', (line) => X25519Identity.parse(line));

/** Whether an identity file needs a passphrase before it can be read. */
export const isEncryptedIdentityFile = (file: Buffer): boolean =>
  isArmored(file) || file.toString('latin1', 0, 18) === 'age-encryption.org';

/** Of an identity file that is encrypted with a passphrase. */
export function openIdentityFile(file: Buffer, name: string, passphrase: string): X25519Identity[] {
  try {
    return parseIdentities(decryptSmall(file, [new PassphraseIdentity(passphrase)]).toString('utf8'), name);
  } catch (error) {
    if (!(error instanceof HeaderError)) throw error;
    if (error.problem === 'no-key') throw new PassphraseError(name, { cause: error });
    throw new LayerConfigurationError(`the identity file ${name} cannot be opened: ${error.message}`, {
      cause: error,
    });
  }
}

function parseLines<Key>(text: string, name: string, what: string, parse: (line: string) => Key): Key[] {
  const keys: Key[] = [];
  for (const [at, raw] of text.split('\n').entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    try {
      keys.push(parse(line));
    } catch (cause) {
      const problem = cause instanceof Error ? cause.message : String(cause);
      const advice = cause instanceof LayerConfigurationError ? cause.advice : undefined;
      throw new LayerConfigurationError(`line ${at + 1} of ${name}: ${problem}`, {
        ...(advice !== undefined && { advice }),
      });
    }
  }
  if (keys.length === 0) throw new LayerConfigurationError(`there is no ${what} in ${name}`);
  return keys;
}
