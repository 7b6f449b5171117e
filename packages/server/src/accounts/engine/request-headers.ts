import type { Visit } from '../sessions/session.ts';

/** The header by which the address of a request is handed to better-auth; from a client it is never taken. */
export const addressHeader = 'x-octobox-address';

/** All that better-auth is shown of a request. */
export function headersOf(visit: Visit): Headers {
  const headers = new Headers();
  if (visit.cookie !== undefined) headers.set('cookie', visit.cookie);
  if (visit.userAgent !== undefined) headers.set('user-agent', visit.userAgent);
  if (visit.address !== undefined) headers.set(addressHeader, visit.address);
  return headers;
}
