import { isLoopback } from './console-settings.ts';

/** An identity provider by which members sign in (OpenID Connect). */
export interface OidcSettings {
  /** As the provider names itself. */
  readonly issuer: string;
  readonly clientId: string;
  /** The client's secret is in it. */
  readonly clientSecretFile: string;
  /** What the button says: "Sign in with …". */
  readonly name: string;
  /** Lowercase; only addresses there are taken. Absent: all that the provider has verified. */
  readonly allowedDomains: readonly string[] | undefined;
  /** Passwords and passkeys sign owners in alone, for when the provider is away. */
  readonly required: boolean;
}

/** @throws Error when what travels there could be read on the way */
export function parseIssuer(text: string): string {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '') {
    throw new Error('expected the address of the issuer, such as https://login.example.com');
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname.replace(/^\[|\]$/g, ''))) {
    throw new Error('sign-ins travel over TLS: expected an address such as https://login.example.com');
  }
  return text;
}
