import { join } from 'node:path';
import { describeKit, kitChecksum } from '@octobox/recovery-kit';
import { writeKitRecord } from '@octobox/recovery-kit/record';
import { PassphraseRecipient, X25519Recipient } from '@octobox/storage/layers';
import { type Command, InvalidArgumentError } from 'commander';
import { UsageError } from '../../errors.ts';
import { kitRecordFile } from '../../kit/kit-record-file.ts';
import { makeKits } from '../../kit/make-kits.ts';
import { kitPassphrase } from '../../kit/read-kit-files.ts';
import { kitName, writeKits } from '../../kit/write-kits.ts';
import { addExitCodes } from '../../options/exit-code-help.ts';
import { addRepositoryOptions, optionsOf, type RepositoryFlags } from '../../options/global-options.ts';
import { absolutePath } from '../../options/paths.ts';
import { collect } from '../../options/values.ts';
import type { Cli } from '../../verb.ts';

interface Flags extends RepositoryFlags {
  readonly output?: string;
  readonly shares?: { readonly needed: number; readonly total: number };
  readonly recoveryIdentity?: string;
  readonly copyAt?: readonly string[];
  readonly access?: boolean;
  readonly encrypt?: boolean;
  readonly kitPassphraseFile?: string;
  readonly kitRecipient?: readonly string[];
  readonly onlyEncrypted?: boolean;
}

function shares(text: string): { needed: number; total: number } {
  const [, needed, total] = /^(\d{1,3})\/(\d{1,3})$/.exec(text) ?? [];
  if (needed === undefined) throw new InvalidArgumentError('It must be needed/total, e.g. 2/3.');
  return { needed: Number(needed), total: Number(total) };
}

export function define(command: Command, cli: Cli): void {
  command
    .description(
      'Writes the recovery kits of a repository into a new folder: for the backup host the repository password, for the\n' +
        'server the crypt password, for the recovery officer the age identity (or, with --shares, parts of it of which so\n' +
        'many are needed). Each as PDF for printing with a QR code, as text, and on request as a file encrypted with age.\n' +
        'They hold addresses, fingerprints and the exact commands for age, rclone and restic, and for octobox.\n' +
        'Danger: PDF and text are readable for whoever gets at them. Print them, hand them out, then delete them; or write\n' +
        'nothing but encrypted files with --only-encrypted.',
    )
    .option(
      '-O, --output <folder>',
      'where to; must not exist (default: recovery-kit-<set> here)',
      absolutePath,
    )
    .option(
      '--shares <needed/total>',
      'split the age identity, e.g. 2/3: any two of three open the backups',
      shares,
    )
    .option(
      '--recovery-identity <file>',
      "the recovery officer's age identity (default: from the key folder)",
    )
    .option('--copy-at <location>', 'also name this copy, e.g. "off-site s3:…" (several times)', collect)
    .option('--no-access', 'leave out the credentials of the storage that are in the environment')
    .option('--encrypt', 'also encrypted files, with a passphrase')
    .option('--kit-passphrase-file <file>', 'holds that passphrase (default: ask on the terminal)')
    .option(
      '--kit-recipient <age1…>',
      'also encrypted files, for this age recipient (several times)',
      collect,
    )
    .option('--only-encrypted', 'no PDF and no text')
    .action(async () => {
      const flags = optionsOf<Flags>(command);
      const recipients = (flags.kitRecipient ?? []).map((text) => X25519Recipient.parse(text));
      const withPassphrase = flags.encrypt === true || flags.kitPassphraseFile !== undefined;
      if (withPassphrase && recipients.length > 0) {
        throw new UsageError('age encrypts for a passphrase or for recipients, not for both');
      }
      if (flags.onlyEncrypted === true && !withPassphrase && recipients.length === 0) {
        throw new UsageError('--only-encrypted without a passphrase or a recipient writes nothing', {
          advice: 'Say --encrypt or --kit-recipient.',
        });
      }
      const passphrase = withPassphrase ? await kitPassphrase(cli, flags, { isNew: true }) : undefined;
      const { kits, keyFiles, recoveryIdentityFile } = await makeKits(cli, flags, {
        recoveryIdentity: flags.recoveryIdentity,
        shares: flags.shares,
        copies: flags.copyAt ?? [],
        withAccess: flags.access !== false,
      });
      const [first] = kits;
      if (first === undefined) return;
      if (flags.shares !== undefined && !first.layers.includes('age')) {
        throw new UsageError('there is no age layer, and so no age identity to share');
      }
      const recordFile = await kitRecordFile(cli, first.location);
      const folder = flags.output ?? join(process.cwd(), `recovery-kit-${first.set}`);
      const files = await writeKits(kits, {
        folder,
        recipients: passphrase === undefined ? recipients : [new PassphraseRecipient(passphrase)],
        plain: flags.onlyEncrypted !== true,
      });
      const checksums = Object.fromEntries(kits.map((kit) => [kitName(kit), kitChecksum(kit)]));
      const { set, location, layers, fingerprints, made } = first;
      const facts = { location, set, madeAt: made.toISOString(), checksums, layers, fingerprints, keyFiles };
      await writeKitRecord(recordFile, { version: 1, ...facts });
      if (flags.json) {
        await cli.out.printJson({
          message_type: 'kit',
          set,
          location,
          folder,
          files,
          checksums,
          fingerprints,
        });
        return;
      }
      await cli.out.print(`wrote ${files.length} files of kit set ${set} to ${folder}`);
      for (const kit of kits) {
        await cli.out.print(
          `  ${kitName(kit)}  ${describeKit(kit).title.replace(/^.*: /, '')}, checksum ${kitChecksum(kit)}`,
        );
      }
      if (flags.quiet) return;
      cli.out.say('Prove them now: octobox kit verify with the kit of every custodian.');
      if (flags.onlyEncrypted !== true)
        cli.out.say('Print and hand out the PDF, then delete what is readable here.');
      if (recoveryIdentityFile !== undefined) {
        cli.out.say(
          `The recovery identity is still on this machine, in ${recoveryIdentityFile}: remove it once the kit is verified.`,
        );
      }
    });
  addRepositoryOptions(command);
  addExitCodes(command, [10, 12]);
}
