import { isIP } from 'node:net';

/** For whom a passkey is good. */
export interface RelyingParty {
  /** The host's name. */
  readonly id: string;
  readonly origin: string;
}

/** Undefined where there are none: WebAuthn binds a passkey to a name, which an address is not. */
export function relyingPartyOf(origin: string): RelyingParty | undefined {
  const url = URL.parse(origin);
  if (url === null || isIP(url.hostname.replace(/^\[|\]$/g, '')) !== 0) return undefined;
  return { id: url.hostname, origin: url.origin };
}
