import type { SMTPSentMessageInfo } from 'nodemailer';
import { type MailSettings, readAuthorities, withoutSecrets } from '../platform/index.ts';
import type { Bodies } from './letter.ts';
import { MailError } from './mail-error.ts';
import { readMailPassword } from './password.ts';

export interface Envelope {
  readonly to: string;
  /** The same for every attempt at one mail, so that a reader's program knows a second copy. */
  readonly messageId: string;
  readonly date: Date;
}

const connectMs = 15_000;
const silenceMs = 60_000;

/**
 * Hands mails to the mail server of the configuration, one connection each: there are few, and a connection that is kept
 * is one that is cut. Where TLS is asked for, nothing is said without it, and its certificate must be right.
 */
export class Smtp {
  readonly #settings: MailSettings;

  constructor(settings: MailSettings) {
    this.#settings = settings;
  }

  /**
   * Resolves with the server's answer when it has taken the mail.
   * @param onAnswer every line of the server, for who looks on
   * @throws MailError
   * @throws ConfigError when a file of the configuration cannot be used
   */
  async send(bodies: Bodies, envelope: Envelope, onAnswer?: (line: string) => void): Promise<string> {
    const { host, port, tls, user, certificateFile, from } = this.#settings;
    const password = await readMailPassword(this.#settings);
    const ca = await readAuthorities(certificateFile, 'mail.certificateFile');
    // Loaded by the first mail.
    const { createTransport } = await import('nodemailer');
    const transport = createTransport({
      host,
      port,
      secure: tls === 'implicit',
      requireTLS: tls === 'starttls',
      ignoreTLS: tls === 'none',
      ...(user === undefined ? {} : { auth: { user, pass: password ?? '' } }),
      tls: {
        minVersion: 'TLSv1.2',
        ...(ca === undefined ? {} : { ca }),
      },
      connectionTimeout: connectMs,
      greetingTimeout: connectMs,
      socketTimeout: silenceMs,
      disableFileAccess: true,
      disableUrlAccess: true,
      ...(onAnswer === undefined ? {} : { debug: true, logger: listening(onAnswer) }),
    });
    try {
      const { response } = (await transport.sendMail({
        from: { name: from.name ?? '', address: from.address },
        to: { name: '', address: envelope.to },
        envelope: { from: from.address, to: [envelope.to] },
        messageId: envelope.messageId,
        date: envelope.date,
        ...bodies,
        // RFC 3834: no answering machine is to answer.
        headers: { 'auto-submitted': 'auto-generated' },
      })) as SMTPSentMessageInfo;
      return printable(response);
    } catch (error) {
      throw mailErrorOf(error, this.#settings);
    } finally {
      transport.close();
    }
  }
}

/** What the server says; what is said to it is nobody's business, and holds secrets. */
function listening(onAnswer: (line: string) => void) {
  const hear = (entry: { tnx?: string }, ...[text]: unknown[]): void => {
    if (entry.tnx !== 'server' || typeof text !== 'string') return;
    for (const line of text.trimEnd().split(/\r?\n/)) onAnswer(printable(line));
  };
  const ignore = (): void => undefined;
  return {
    level: ignore,
    trace: ignore,
    debug: hear,
    info: ignore,
    warn: ignore,
    error: ignore,
    fatal: ignore,
  };
}

interface SmtpFailure {
  readonly code?: string;
  readonly command?: string;
  readonly responseCode?: number;
  readonly response?: string;
  readonly message?: string;
}

function mailErrorOf(thrown: unknown, { host, port, tls }: MailSettings): MailError {
  const { code, command, responseCode = 0, response, message = '' } = thrown as SmtpFailure;
  const server = `${host}:${port}`;
  const said = printable(response ?? message);
  if (code === 'EAUTH') {
    return new MailError(`the mail server ${server} does not take the sign-in: ${said}`, {
      refused: false,
      advice: 'See to "mail.user" and "mail.passwordFile" in octobox.yaml.',
    });
  }
  if (responseCode !== 0) {
    const ofThisMail = command === 'RCPT TO' || code === 'EMESSAGE';
    return new MailError(`the mail server ${server} answered: ${said}`, {
      refused: responseCode >= 500 && ofThisMail,
      advice: ofThisMail
        ? 'See whether the address is right.'
        : 'See whether the server takes mails from "mail.from" and from this machine.',
    });
  }
  if (code === 'ETLS' || /certificate|self-signed|altnames|ssl|tls/i.test(said)) {
    return new MailError(`there is no safe connection to the mail server ${server}: ${said}`, {
      refused: false,
      advice: `"mail.tls" is ${tls}: see whether that is what the server offers under this name; "mail.certificateFile" names the authorities to trust instead of the known ones.`,
    });
  }
  return new MailError(`the mail server ${server} cannot be reached: ${said}`, {
    refused: false,
    advice: 'See to "mail.server" and "mail.port" in octobox.yaml, and to the way there.',
  });
}

/** What strangers write is shown on terminals. */
const printable = (text: string): string =>
  withoutSecrets(text.replace(/[^\x20-\x7e\u00a0-\uffff]+/g, ' ').trim()).slice(0, 500);
