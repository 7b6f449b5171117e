import { randomUUID } from 'node:crypto';
import { InvalidError, type MailSettings, ServerError } from '../platform/index.ts';
import { bodiesOf } from './letter.ts';
import { Smtp } from './smtp.ts';

/**
 * Sends a mail at once, past the outbox, for who sets the server up.
 * @param onAnswer every line of the server
 * @throws ServerError when no mail server is configured; InvalidError for what is no address; MailError when the mail
 *   is not taken
 */
export async function tryMail(
  settings: MailSettings | undefined,
  to: string,
  now: Date,
  onAnswer: (line: string) => void,
): Promise<string> {
  if (settings === undefined) {
    throw new ServerError('server.mail-not-configured', 'no mail server is configured', {
      advice: 'Set "mail" in octobox.yaml: server, from, and what the server asks for besides.',
    });
  }
  if (!/^[^\s@<>,;]+@[^\s@<>,;]+$/.test(to)) throw new InvalidError('to', `"${to}" is no e-mail address`);
  const bodies = bodiesOf({
    subject: 'Octobox can send you mail',
    paragraphs: ['Somebody who runs Octobox wanted to see whether its mails arrive. This one did.'],
  });
  const messageId = `<${randomUUID()}@${settings.from.address.replace(/^.*@/, '')}>`;
  return await new Smtp(settings).send(bodies, { to, messageId, date: now }, onAnswer);
}
