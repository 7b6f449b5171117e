import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';

/**
 * The token in the cookie of a session, when this platform signed it: as better-auth writes it, percent-encoded, a token, a
 * dot and its HMAC-SHA-256 in base64. Undefined for everything that is not just so.
 */
export function signedToken(cookies: string, name: string, key: KeyObject): string | undefined {
  const [value, ...more] = cookies
    .split(';')
    .map((one) => one.trim())
    .filter((one) => one.startsWith(`${name}=`))
    .map((one) => one.slice(name.length + 1));
  // Which of two counts is better-auth's to say.
  if (value === undefined || more.length > 0) return undefined;
  const [token = '', signature, ...rest] = decoded(value).split('.');
  if (signature === undefined || rest.length > 0) return undefined;
  const right = Buffer.from(createHmac('sha256', key).update(token).digest('base64'));
  const given = Buffer.from(signature);
  return given.length === right.length && timingSafeEqual(given, right) ? token : undefined;
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return '';
  }
}
