import { decodeBase32, rfc4648 } from '../accounts/second-factor/base32.ts';
import { hotp, stepAt } from '../accounts/second-factor/one-time-code.ts';

/** What an authenticator app shows that was told this secret, for tests. */
export const appCode = (secret: string, at: Date): string =>
  hotp(decodeBase32(secret.replaceAll(' ', ''), rfc4648) ?? Buffer.alloc(0), stepAt(at));
