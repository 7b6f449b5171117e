/** NIST SP 800-63B-4, 2.2.3 (AAL2): an hour without use, a day in all. */
export const idleSeconds = 3_600;
export const absoluteSeconds = 86_400;
/** A session in use is prolonged no more often than this, so that a reader does not write with every page. */
export const prolongSeconds = 300;

/** How long after the password somebody may take to type the code of the second factor, or to look for a recovery code. */
export const halfSignInSeconds = 600;

interface CookieName {
  readonly name: string;
  readonly secure: boolean;
}

export const sessionCookie = (url: string): CookieName => cookieName(url, 'octobox-session');
export const halfSignInCookie = (url: string): CookieName => cookieName(url, 'octobox-half-sign-in');

/** `__Host-` binds the cookie to this very host and to TLS, and no page of a neighbour can set it. */
function cookieName(url: string, name: string): CookieName {
  const secure = url.startsWith('https://');
  return { name: secure ? `__Host-${name}` : name, secure };
}
