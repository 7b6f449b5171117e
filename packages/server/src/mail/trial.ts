import { randomUUID } from 'node:crypto';
import type { MailSettings } from '../platform/index.ts';
import { bodiesOf } from './letter.ts';
import { Smtp } from './smtp.ts';

/**
 * Sends a mail at once, past the outbox, for who sets the server up.
 * @param onAnswer every line of the server
 * @throws MailError when it is not taken
 */
export async function tryMail(
  settings: MailSettings,
  to: string,
  now: Date,
  onAnswer: (line: string) => void,
): Promise<string> {
  const bodies = bodiesOf({
    subject: 'Octobox can send you mail',
    paragraphs: ['Somebody who runs Octobox wanted to see whether its mails arrive. This one did.'],
  });
  const messageId = `<${randomUUID()}@${settings.from.address.replace(/^.*@/, '')}>`;
  return await new Smtp(settings).send(bodies, { to, messageId, date: now }, onAnswer);
}
