import { createHash, timingSafeEqual } from 'node:crypto';
import type { Configuration } from 'openid-client';
import { type Clock, type OidcSettings, readSecretLine } from '../../platform/index.ts';
import type { AccountEngine } from '../engine/account-engine.ts';
import type { Visit } from '../sessions/session.ts';

/** So long somebody may take at the provider. */
const attemptMs = 10 * 60_000;
const cacheMs = 3_600_000;
const requestSeconds = 10;

const purpose = 'oidc';

/** What the provider says of somebody, after all of it was verified. */
export interface OidcPerson {
  readonly email: string;
  readonly subject: string;
  /** Of the attempt; the caller sees to it that it is used once. */
  readonly state: string;
}

export type OidcOutcome =
  | { readonly kind: 'known'; readonly person: OidcPerson }
  /** `unverified`: the provider does not vouch for the address; `foreign`: it is of a domain that is not let in. */
  | { readonly kind: 'refused' | 'unverified' | 'foreign' };

/**
 * Signing in at an identity provider: authorization code with PKCE, state and nonce. Nothing of an attempt is kept here:
 * the state is a challenge of ours, bound to the browser by a cookie, and nonce and verifier follow from it by a key.
 */
export class Oidc {
  readonly settings: OidcSettings;
  readonly #clock: Clock;
  readonly #engine: AccountEngine;
  readonly #cookie: { readonly name: string; readonly secure: boolean };
  #provider: { readonly until: number; readonly configuration: Promise<Configuration> } | undefined;

  constructor(options: { settings: OidcSettings; clock: Clock; engine: AccountEngine }) {
    this.settings = options.settings;
    this.#clock = options.clock;
    this.#engine = options.engine;
    const secure = options.engine.url.startsWith('https://');
    this.#cookie = { name: secure ? '__Host-octobox-oidc' : 'octobox-oidc', secure };
  }

  /**
   * Where the browser goes, and the cookie that it takes along.
   * @param callback where it comes back to, as it is registered at the provider
   * @param to where somebody was about to go; the browser keeps it with the attempt
   * @throws Error when the provider cannot be reached, or is another one
   */
  async begin(callback: string, to = ''): Promise<{ location: string; cookie: string }> {
    const { buildAuthorizationUrl, calculatePKCECodeChallenge } = await library();
    const configuration = await this.#configuration();
    const challenges = await this.#engine.challenges();
    const state = challenges.make(purpose, this.#clock.now(), attemptMs).toString('base64url');
    const location = buildAuthorizationUrl(configuration, {
      redirect_uri: callback,
      scope: 'openid email',
      state,
      nonce: challenges.derive('nonce', state),
      code_challenge: await calculatePKCECodeChallenge(challenges.derive('verifier', state)),
      code_challenge_method: 'S256',
    });
    return {
      location: location.href,
      cookie: this.#setCookie(`${state}.${Buffer.from(to).toString('base64url')}`, attemptMs / 1_000),
    };
  }

  /** @param current the address to which the provider sent the browser */
  async finish(current: URL, visit: Visit): Promise<OidcOutcome> {
    const challenges = await this.#engine.challenges();
    const state = current.searchParams.get('state') ?? '';
    const bound = equal(state, this.#cookieOf(visit)[0] ?? '');
    if (!bound || !challenges.isGood(state, purpose, this.#clock.now())) return { kind: 'refused' };
    const { authorizationCodeGrant, fetchUserInfo } = await library();
    const configuration = await this.#configuration();
    try {
      const tokens = await authorizationCodeGrant(configuration, current, {
        expectedState: state,
        expectedNonce: challenges.derive('nonce', state),
        pkceCodeVerifier: challenges.derive('verifier', state),
        idTokenExpected: true,
      });
      const claims = tokens.claims();
      if (claims === undefined) return { kind: 'refused' };
      const about =
        claims.email === undefined
          ? await fetchUserInfo(configuration, tokens.access_token, claims.sub)
          : claims;
      const { email, email_verified: verified } = about;
      if (typeof email !== 'string' || verified !== true) return { kind: 'unverified' };
      const address = email.trim().toLowerCase();
      const domain = address.slice(address.lastIndexOf('@') + 1);
      const { allowedDomains } = this.settings;
      if (allowedDomains !== undefined && !allowedDomains.includes(domain)) return { kind: 'foreign' };
      return { kind: 'known', person: { email: address, subject: claims.sub, state } };
    } catch (error) {
      if (isUnreachable(error)) throw error;
      return { kind: 'refused' };
    }
  }

  /** Where whoever comes back was about to go, as the browser says it; empty: nowhere. */
  returnTo(visit: Visit): string {
    return Buffer.from(this.#cookieOf(visit)[1] ?? '', 'base64url').toString();
  }

  /** What makes a browser forget the attempt. */
  get endedCookie(): string {
    return this.#setCookie('', 0);
  }

  async #configuration(): Promise<Configuration> {
    const now = this.#clock.now().getTime();
    if (this.#provider === undefined || this.#provider.until < now) {
      const configuration = this.#discover();
      this.#provider = { until: now + cacheMs, configuration };
      configuration.catch(() => {
        this.#provider = undefined;
      });
    }
    return await this.#provider.configuration;
  }

  async #discover(): Promise<Configuration> {
    const { allowInsecureRequests, ClientSecretBasic, discovery, enableNonRepudiationChecks } =
      await library();
    const { issuer, clientId, clientSecretFile } = this.settings;
    const secret = await readSecretLine(clientSecretFile, 'the secret of an identity provider');
    return await discovery(new URL(issuer), clientId, {}, ClientSecretBasic(secret), {
      timeout: requestSeconds,
      execute: [
        // OpenID Connect leaves the signature to TLS, which a proxy on the way to the provider may end.
        enableNonRepudiationChecks,
        // The configuration allows that for a provider on this machine alone.
        ...(issuer.startsWith('http:') ? [allowInsecureRequests] : []),
      ],
    });
  }

  #setCookie(value: string, seconds: number): string {
    const { name, secure } = this.#cookie;
    // Lax: it must come along when the provider sends the browser back.
    return `${name}=${value}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`;
  }

  /** The state, and where to. */
  #cookieOf({ cookie }: Visit): readonly string[] {
    const start = `${this.#cookie.name}=`;
    const pairs = (cookie ?? '').split(';').map((pair) => pair.trim());
    return (pairs.find((pair) => pair.startsWith(start))?.slice(start.length) ?? '').split('.');
  }
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
const equal = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b));

/** Not an answer that is wrong, but none. */
const isUnreachable = (error: unknown): boolean => {
  const { code, name } = error as { code?: string; name?: string };
  return (
    name === 'TimeoutError' || code === 'OAUTH_TIMEOUT' || (error instanceof TypeError && code === undefined)
  );
};

/** Loaded by the first who signs in so. */
const library = () => import('openid-client');
