import { isLoopback } from './console-settings.ts';

/** How the connection to the mail server is kept from others. Whatever is asked for is never done without. */
export type MailTls = 'implicit' | 'starttls' | 'none';

/** The mail server that mails are handed to. */
export interface MailSettings {
  readonly host: string;
  readonly port: number;
  /** `implicit`: from the first byte; `starttls`: after the greeting, always; `none`: on loopback alone. */
  readonly tls: MailTls;
  /** PEM file of the certificate authorities to trust instead of the known ones. */
  readonly certificateFile: string | undefined;
  readonly user: string | undefined;
  /** The user's password is in it, read anew for each mail. */
  readonly passwordFile: string | undefined;
  readonly from: MailSender;
}

export interface MailSender {
  /** For people; absent: the address alone. */
  readonly name: string | undefined;
  readonly address: string;
}

/** RFC 8314: submission has a port for each way. */
const usualPorts: Readonly<Record<MailTls, number>> = { implicit: 465, starttls: 587, none: 25 };

export const usualMailPort = (tls: MailTls): number => usualPorts[tls];

/** Mails hold secret links. */
export function mailTlsFor(tls: MailTls, host: string): MailTls {
  if (tls !== 'none' || isLoopback(host)) return tls;
  throw new Error(
    `secret links travel over TLS: none is for a mail server on this machine, which ${host} is not`,
  );
}

/** `octobox@example.com`, or `Octobox <octobox@example.com>`. */
export function parseSender(text: string): MailSender {
  const match = /^\s*(?:(?<name>[^<>"\p{Cc}]*?)\s*<(?<inside>[^<>\s]+)>|(?<plain>[^<>\s]+))\s*$/u.exec(text);
  const address = match?.groups?.inside ?? match?.groups?.plain ?? '';
  if (!/^[^@\s"(),:;\\[\]]+@[a-z0-9.-]+$/i.test(address)) {
    throw new Error('expected an address such as "Octobox <octobox@example.com>"');
  }
  return { name: match?.groups?.name || undefined, address };
}
