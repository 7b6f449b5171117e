import { type Kit, parseKit } from '@octobox/recovery-kit';
import { readIdentities, readKeyFile } from '@octobox/storage/keyring';
import { type AgeIdentity, decryptSmall, HeaderError, PassphraseIdentity } from '@octobox/storage/layers';
import { CliError } from '../errors.ts';
import { decodeText, readBytes } from '../options/file-lines.ts';
import type { Cli } from '../verb.ts';

export interface KitFileFlags {
  readonly kitPassphraseFile?: string;
  readonly kitIdentityFile?: string;
}

const isEncrypted = (bytes: Buffer): boolean =>
  bytes
    .subarray(0, 40)
    .toString('latin1')
    .match(/^(age-encryption\.org\/v1|-----BEGIN AGE ENCRYPTED)/) !== null;

/** Kits from their texts (also typed or scanned ones) or their encrypted files. */
export async function readKitFiles(cli: Cli, files: readonly string[], flags: KitFileFlags): Promise<Kit[]> {
  const kits: Kit[] = [];
  let identities: readonly AgeIdentity[] | undefined;
  for (const file of files) {
    const bytes = await readBytes(file, 'the kit');
    if (bytes.subarray(0, 5).toString('latin1') === '%PDF-') {
      throw new CliError('cli.file-unreadable', `${file} is the kit for printing`, {
        advice: 'Give the text, the encrypted file, or what a scan of its QR code gives.',
      });
    }
    if (isEncrypted(bytes)) identities ??= await kitIdentities(cli, flags);
    kits.push(
      parseKit(decodeText(isEncrypted(bytes) ? decrypt(bytes, identities ?? [], file) : bytes), file),
    );
  }
  return kits;
}

function decrypt(bytes: Buffer, identities: readonly AgeIdentity[], file: string): Buffer {
  try {
    return decryptSmall(bytes, identities);
  } catch (cause) {
    if (!(cause instanceof HeaderError)) throw cause;
    throw new CliError('cli.file-unreadable', `the kit ${file} cannot be opened: ${cause.message}`, {
      cause,
      advice: 'Check the passphrase or the identity, and whether the file is whole.',
    });
  }
}

async function kitIdentities(cli: Cli, flags: KitFileFlags): Promise<readonly AgeIdentity[]> {
  if (flags.kitIdentityFile !== undefined) {
    const refuse = async (file: string): Promise<string> => {
      throw new CliError('cli.password-missing', `${file} is encrypted itself`, {
        advice: 'Decrypt the kit with `age -d` and give the text.',
      });
    };
    return readIdentities(await readKeyFile(flags.kitIdentityFile), flags.kitIdentityFile, refuse);
  }
  return [new PassphraseIdentity(await kitPassphrase(cli, flags, { isNew: false }))];
}

/** From the file that is named, else asked for; never given in the open. */
export async function kitPassphrase(
  cli: Cli,
  { kitPassphraseFile }: KitFileFlags,
  { isNew }: { isNew: boolean },
): Promise<string> {
  if (kitPassphraseFile !== undefined) {
    const text = decodeText(await readBytes(kitPassphraseFile, 'the passphrase file')).replace(
      /[\r\n]+$/,
      '',
    );
    if (text !== '') return text;
    throw new CliError('cli.password-missing', `the passphrase file ${kitPassphraseFile} is empty`);
  }
  if (!cli.interactive) {
    throw new CliError('cli.password-missing', 'no passphrase for the encrypted kit is given', {
      advice: 'Name a file that holds it with --kit-passphrase-file.',
    });
  }
  const { askPassword } = await import('../password/ask.ts');
  const passphrase = await askPassword('Passphrase of the kit', cli.signal);
  if (isNew && passphrase !== (await askPassword('The same once more', cli.signal))) {
    throw new CliError('cli.usage', 'the two passphrases differ', {
      advice: 'Nothing was written: try again.',
    });
  }
  return passphrase;
}
