import { cryptFingerprint } from '@octobox/storage/layers';
import { foundLayers, openStorage } from '@octobox/storage/open';
import { isWrittenForOthers } from '@octobox/storage/rekey';
import type { Command } from 'commander';
import { keyFolder, layerKeys } from '../../access/layer-keys.ts';
import { findRepository } from '../../access/location.ts';
import { storageOptions } from '../../access/storage-options.ts';
import { CliError } from '../../errors.ts';
import { addExitCodes, repositoryExitCodes } from '../../options/exit-code-help.ts';
import { addRepositoryOptions, optionsOf, type RepositoryFlags } from '../../options/global-options.ts';
import type { Cli } from '../../verb.ts';

export function define(command: Command, cli: Cli): void {
  command
    .description(
      'Tells in which layers the repository lies, which keys there are for them, and what is wrong with them.\n' +
        'Shows no secret, and needs no password of the repository.',
    )
    .action(async () => {
      const flags = optionsOf<RepositoryFlags>(command);
      const place = await findRepository(cli, flags);
      const base = await openStorage(place.location, storageOptions(cli, flags));
      try {
        const folder = keyFolder(cli, flags, { location: base.location, layerKeys: place.layerKeys });
        const keys = await layerKeys(cli, flags, folder);
        const hasFolder = await folder.exists();
        const [layers = [], ...others] = await foundLayers(base, cli.signal);
        const isRenewingCrypt = await folder.holds('earlier-crypt-key');
        const listed = hasFolder ? await folder.recipients() : undefined;
        const own = new Set((keys.age?.identities ?? []).map(({ recipient }) => String(recipient)));
        const problems = [
          ...(others.length > 0 ? ['there is more than one config file'] : []),
          ...(layers.includes('crypt') && keys.crypt === undefined
            ? ['there is no key for the crypt layer']
            : []),
          ...(layers.includes('age') && own.size === 0 ? ['there is no identity for the age layer'] : []),
          ...((await folder.holds('recovery-identity'))
            ? [`${folder.file('recovery-identity')} is still on this machine: move it off line`]
            : []),
          ...(isRenewingCrypt
            ? ['a new password of crypt is not introduced everywhere yet: run `octobox layers password`']
            : []),
          ...(!isRenewingCrypt &&
          listed !== undefined &&
          (await isWrittenForOthers(base, listed, { signal: cli.signal }))
            ? [
                'the change of recipients was cut off, so that not every file is for the ones listed: ' +
                  'run `octobox layers recipients`',
              ]
            : []),
          ...(hasFolder ? await folder.openToOthers() : []).map(
            (file) => `others than its owner may read ${file}`,
          ),
        ];
        const fingerprint = keys.crypt === undefined ? undefined : await cryptFingerprint(keys.crypt);
        const recipients = (keys.age?.recipients ?? []).map(String);
        if (flags.json) {
          await cli.out.printJson({
            message_type: 'layers',
            repository: base.location,
            layers,
            layer_keys: hasFolder ? folder.path : undefined,
            crypt_fingerprint: fingerprint,
            age_recipients: recipients,
            age_identities: [...own],
            problems,
          });
        } else {
          const lines = [
            `repository   ${base.location}`,
            `layers       ${layers.length === 0 ? 'none' : ['restic', ...layers].join(', then ')}`,
            ...(hasFolder ? [`keys         ${folder.path}`] : []),
            ...(fingerprint === undefined ? [] : [`crypt key    ${fingerprint}`]),
            ...recipients.map((name) => `age          ${name}${own.has(name) ? '  (read here)' : ''}`),
            ...problems.map((problem) => `problem      ${problem}`),
          ];
          for (const line of lines) await cli.out.print(line);
        }
        if (problems.length > 0)
          throw new CliError(
            'cli.not-good',
            `${problems.length} thing${problems.length === 1 ? '' : 's'} about the layers should be put right`,
          );
      } finally {
        await base.close();
      }
    });
  addRepositoryOptions(command);
  addExitCodes(command, [4, ...repositoryExitCodes]);
}
