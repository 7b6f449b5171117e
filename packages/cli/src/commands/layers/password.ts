import { formatCryptKey, freshCryptKey } from '@octobox/storage/keyring';
import { type CryptPassword, cryptFingerprint } from '@octobox/storage/layers';
import { renewCrypt } from '@octobox/storage/rekey';
import type { Command } from 'commander';
import { changeKeys, reportKeyChange } from '../../access/rekeying.ts';
import { CliError } from '../../errors.ts';
import { addExitCodes, repositoryExitCodes } from '../../options/exit-code-help.ts';
import { addRepositoryOptions, optionsOf, type RepositoryFlags } from '../../options/global-options.ts';
import type { Cli } from '../../verb.ts';

export function define(command: Command, cli: Cli): void {
  command
    .description(
      'Makes a new random password and salt of the crypt layer and encrypts every file anew: each is read, written\n' +
        'beside the old one, read back, and only then takes its place. All data is transferred. It can be cut off at\n' +
        'any moment: both keys are kept and open the repository until it was said again and came to its end.\n' +
        'Danger: who keeps a copy of crypt-key elsewhere must replace it.',
    )
    .action(async () => {
      const flags = optionsOf<RepositoryFlags>(command);
      let [earlier, current]: (CryptPassword | undefined)[] = [];
      const { result, folder } = await changeKeys(cli, flags, {
        asked: { what: 'password' },
        async begin(folder, keys) {
          if (keys.crypt === undefined || !(await folder.holds('crypt-key'))) throw noCrypt();
          const { password, salt } = keys.crypt;
          const pending = keys.crypt.earlier?.[0];
          if (pending !== undefined && pending.password !== password) {
            [earlier, current] = [pending, { password, ...(salt !== undefined && { salt }) }];
            return keys;
          }
          earlier = { password, ...(salt !== undefined && { salt }) };
          current = freshCryptKey();
          // In this order: at no moment is a key in use that is not written down.
          await folder.write('earlier-crypt-key', formatCryptKey(earlier));
          await folder.write('crypt-key', formatCryptKey(current));
          return { ...keys, crypt: { ...current, earlier: [earlier] } };
        },
        async commit() {},
        run(base, { age }, options) {
          if (earlier === undefined || current === undefined) throw noCrypt();
          return renewCrypt(base, { earlier, current, age }, options);
        },
        end: (folder) => folder.remove('earlier-crypt-key'),
      });
      const fingerprint = current === undefined ? '' : await cryptFingerprint(current);
      await reportKeyChange(cli, flags, result, {
        json: { crypt_fingerprint: fingerprint },
        lines: [
          `The new key ${fingerprint} is in ${folder.file('crypt-key')}: replace every copy of the earlier one.`,
          'Recovery kits that were made before are out of date.',
        ],
      });
    });
  addRepositoryOptions(command);
  addExitCodes(command, repositoryExitCodes);
}

const noCrypt = (): CliError =>
  new CliError('cli.layer-key-missing', 'this repository has no key of the crypt layer in a folder', {
    advice: '`octobox layers status` shows what it has.',
  });
