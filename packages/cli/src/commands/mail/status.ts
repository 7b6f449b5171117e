import type { Mail } from '@octobox/server';
import type { Command } from 'commander';
import { CliError } from '../../errors.ts';
import { addExitCodes } from '../../options/exit-code-help.ts';
import { addOutputOptions, type OutputFlags, optionsOf } from '../../options/global-options.ts';
import { plural } from '../../output/quantities.ts';
import { printable } from '../../output/snapshot-table.ts';
import { openOwnPlatform } from '../../platform/open-own-platform.ts';
import { addPlatformOptions, type PlatformFlags } from '../../platform/platform-options.ts';
import type { Cli } from '../../verb.ts';

/** What failed in the last week is news; before that somebody has seen it. */
const newsMs = 7 * 86_400_000;

export function define(command: Command, cli: Cli): void {
  command
    .description(
      'Lists the mails that wait to be sent, or sent again, and those that were given up, with what the mail server said.\n' +
        'What a mail says is never shown.',
    )
    .action(async () => {
      const flags = optionsOf<PlatformFlags & OutputFlags>(command);
      await using platform = await openOwnPlatform(cli, flags, { readOnly: true });
      const { mail } = platform.config;
      const { waiting, failed } = await platform.mail.troubled();
      const server = mail === undefined ? undefined : `${mail.host}:${mail.port}`;
      if (flags.json) {
        await cli.out.printJson({
          message_type: 'mail_status',
          server,
          waiting: waiting.map(mailJson),
          failed: failed.map(mailJson),
        });
      } else {
        await cli.out.printAll([
          server === undefined ? 'no mail server is configured: nothing is sent' : `mails go to ${server}`,
          ...[...waiting, ...failed].map(mailLine),
        ]);
      }
      const news = failed.filter(({ settledAt = '' }) => Date.now() - Date.parse(settledAt) < newsMs);
      const stuck = waiting.filter(({ failure }) => failure !== undefined);
      if (news.length + stuck.length > 0) {
        throw new CliError('cli.not-good', `${plural(news.length + stuck.length, 'mail')} could not be sent`);
      }
    });
  addPlatformOptions(command);
  addOutputOptions(command);
  addExitCodes(command, [4], {
    4: 'a mail was given up in the last seven days, or an attempt failed and another one follows',
  });
}

const mailLine = (mail: Mail): string =>
  `${mail.state === 'failed' ? 'given up' : 'waiting'}: ${mail.kind} to ${printable(mail.recipient)}, since ${mail.createdAt}` +
  `${mail.failure === undefined ? '' : `, ${plural(mail.attempts, 'attempt')}: ${printable(mail.failure.message)}`}`;

const mailJson = (mail: Mail): object => ({
  id: mail.id,
  kind: mail.kind,
  to: mail.recipient,
  about: mail.about,
  attempts: mail.attempts,
  created_at: mail.createdAt,
  expires_at: mail.expiresAt,
  settled_at: mail.settledAt,
  failure: mail.failure,
});
