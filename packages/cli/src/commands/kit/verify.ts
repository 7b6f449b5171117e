import { readKitRecord, writeKitRecord } from '@octobox/recovery-kit/record';
import type { Command } from 'commander';
import { addKitFileOptions } from '../../kit/kit-file-options.ts';
import { kitRecordFile } from '../../kit/kit-record-file.ts';
import { type KitFileFlags, readKitFiles } from '../../kit/read-kit-files.ts';
import { verifyAlone } from '../../kit/verify-alone.ts';
import { addExitCodes } from '../../options/exit-code-help.ts';
import { addOutputOptions, type OutputFlags, optionsOf } from '../../options/global-options.ts';
import { absolutePath } from '../../options/paths.ts';
import { bytes, plural, shortId } from '../../output/quantities.ts';
import type { Cli } from '../../verb.ts';

interface Flags extends OutputFlags, KitFileFlags {
  readonly at?: string;
  readonly cacert?: string;
}

export function define(command: Command, cli: Cli): void {
  command
    .description(
      'Proves kits by restoring with nothing but them: a process of its own, in an empty home, opens the repository\n' +
        'through all its layers, restores a sample of the latest snapshot, checks the structure of the repository, and\n' +
        'removes what it restored. Takes the kits of all custodians at once: texts (also typed or scanned ones) or\n' +
        'encrypted files. When and what was proved is recorded, for octobox kit status.\n' +
        'The repository must be reachable at the location in the kit, or at that of --at.',
    )
    .argument('<kits...>', 'a text or an encrypted file of every custodian; - for standard input')
    .option('--at <location>', 'where the repository is, when it is not where the kit says')
    .option('--cacert <file>', 'PEM file of the certificate authorities to trust', absolutePath);
  addKitFileOptions(command).action(async (files: string[]) => {
    const flags = optionsOf<Flags>(command);
    const kits = await readKitFiles(cli, files, flags);
    const place = { location: flags.at, certificateFile: flags.cacert ?? cli.env.certificateFile };
    const { snapshot, files: count, bytes: size } = await verifyAlone(kits, place, cli.signal);
    const [{ set = '', location = '' } = {}] = kits;
    const at = new Date().toISOString();
    const recordFile = await kitRecordFile(cli, location);
    const record = await readKitRecord(recordFile);
    const isRecorded = record?.set === set;
    if (record !== undefined && isRecorded) {
      await writeKitRecord(recordFile, { ...record, verified: { at, snapshot, files: count, bytes: size } });
    }
    if (flags.json) {
      await cli.out.printJson({
        message_type: 'kit_verified',
        set,
        location,
        at,
        snapshot,
        files: count,
        bytes: size,
        recorded: isRecorded,
      });
      return;
    }
    await cli.out.print(
      `kit set ${set} is proved: restored ${plural(count, 'file')} (${bytes(size)}) of snapshot ${shortId(snapshot)} with nothing but it`,
    );
    if (!isRecorded)
      cli.out.say('It was made on another machine, or newer kits were made here: nothing is recorded.');
  });
  addOutputOptions(command);
  addExitCodes(command, [4], { 4: 'the kits do not open the repository, or what they open is not whole' });
}
