/** NIST SP 800-63B-4, 2.2.3 (AAL2): an hour without use, a day in all. */
export const idleSeconds = 3_600;
export const absoluteSeconds = 86_400;
/** A session in use is prolonged no more often than this, so that a reader does not write with every page. */
export const prolongSeconds = 300;

/** `__Host-` binds the cookie to this very host and to TLS, and no page of a neighbour can set it. */
export function sessionCookie(url: string): { name: string; secure: boolean } {
  const secure = url.startsWith('https://');
  return { name: secure ? '__Host-octobox-session' : 'octobox-session', secure };
}
