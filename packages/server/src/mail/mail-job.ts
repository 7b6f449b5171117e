import {
  type Clock,
  describeFailure,
  type Job,
  type JobContext,
  type JobDefinition,
  type Log,
  ServerError,
  type Writer,
} from '../platform/index.ts';
import { MailError } from './mail-error.ts';
import type { Mail, MailRequest, Outbox } from './outbox.ts';
import { Smtp } from './smtp.ts';

/** With the queue's pauses of up to ten minutes these last for more than a day; most mails expire before. */
const attempts = 200;

/** Sends one mail of the outbox. Of why it could not, the outbox knows all, and the job, which many may see, nothing. */
export class MailJob implements JobDefinition<MailRequest> {
  readonly kind = 'mail';
  readonly concurrency = 2;
  readonly maxAttempts = attempts;
  readonly #outbox: Outbox;
  readonly #clock: Clock;
  readonly #log: Log;

  constructor(options: { outbox: Outbox; clock: Clock; log: Log }) {
    this.#outbox = options.outbox;
    this.#clock = options.clock;
    this.#log = options.log;
  }

  async run({ mailId }: MailRequest, { job }: JobContext): Promise<{ state: string }> {
    const mail = await this.#outbox.get(mailId);
    if (mail === undefined) return { state: 'withdrawn' };
    if (mail.state !== 'waiting') return { state: mail.state };
    try {
      if (mail.expiresAt <= this.#clock.now().toISOString()) throw expired(mail);
      const bodies = await this.#outbox.bodies(mail);
      if (bodies === undefined) {
        await this.#outbox.forget(mail);
        return { state: 'withdrawn' };
      }
      const { settings } = this.#outbox;
      if (settings === undefined) throw notConfigured();
      const domain = settings.from.address.replace(/^.*@/, '');
      const answer = await new Smtp(settings).send(bodies, {
        to: mail.recipient,
        messageId: `<${mail.id}@${domain}>`,
        date: new Date(mail.createdAt),
      });
      await this.#outbox.note(mail, { state: 'sent', answer });
      return { state: 'sent' };
    } catch (error) {
      const over = isFinal(error) || job.attempts >= job.maxAttempts;
      await this.#fail(mail, error, over);
      throw new MailNotTaken(over);
    }
  }

  retryable(error: unknown): boolean {
    return !(error instanceof MailNotTaken && error.final);
  }

  /** The worker of the last attempt vanished: nobody will try again. */
  async interrupted({ mailId }: MailRequest, job: Job, transaction: Writer): Promise<undefined> {
    if (job.attempts < job.maxAttempts) return;
    const mail = await this.#outbox.get(mailId, transaction);
    if (mail?.state !== 'waiting') return;
    await this.#fail(mail, new Error('whoever sent it vanished'), true, transaction);
  }

  async #fail(mail: Mail, error: unknown, over: boolean, transaction?: Writer): Promise<void> {
    const failure = describeFailure(error);
    await this.#outbox.note(mail, { state: over ? 'failed' : 'waiting', failure }, transaction);
    const fields = { mail: mail.id, kind: mail.kind, code: failure.code };
    if (over) this.#log.error(fields, 'a mail could not be sent, and is given up: octobox mail status');
    else this.#log.warn(fields, 'a mail could not be sent, and is tried again: octobox mail status');
  }
}

const isFinal = (error: unknown): boolean =>
  error instanceof MailError
    ? error.refused
    : error instanceof ServerError && error.code === 'server.mail-expired';

const expired = ({ createdAt }: Mail): ServerError =>
  new ServerError(
    'server.mail-expired',
    `it could not be sent since ${createdAt}, and is of no use any more`,
  );

const notConfigured = (): MailError =>
  new MailError('no mail server is configured any more', {
    refused: false,
    advice: 'Set "mail" in octobox.yaml.',
  });

/** What the queue hears. */
class MailNotTaken extends ServerError {
  readonly final: boolean;
  constructor(final: boolean) {
    super('server.mail-unsent', 'a mail was not taken', { advice: 'See `octobox mail status`.' });
    this.final = final;
  }
}
