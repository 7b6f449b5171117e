import { randomBytes } from 'node:crypto';
import { encodeBase32, rfc4648 } from './base32.ts';

/** What somebody's authenticator app is to be told. */
export interface Enrolment {
  /** Base32, as apps take it. */
  readonly secret: string;
  /** The same as a URI, for a QR code. */
  readonly uri: string;
}

/** 160 bits, as RFC 4226 (section 4, R6) recommends. */
export const newSecret = (): string => encodeBase32(randomBytes(20), rfc4648);

/** https://github.com/google/google-authenticator/wiki/Key-Uri-Format; a colon would end the issuer. */
export function enrolmentOf(secret: string, who: { email: string; organisation: string }): Enrolment {
  const issuer = `Octobox ${who.organisation}`.replaceAll(':', ' ').trim();
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(who.email)}`;
  const query = `secret=${secret}&issuer=${encodeURIComponent(issuer)}&algorithm=SHA1&digits=6&period=30`;
  return { secret, uri: `otpauth://totp/${label}?${query}` };
}
