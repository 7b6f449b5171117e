import { hash } from 'node:crypto';
import type { Context } from 'hono';

/** The same for the same body. */
export const etagOf = (body: string): string => `"${hash('sha256', body, 'base64url').slice(0, 22)}"`;

/** Answers with a body and its ETag, or with 304 when the client has that very body. */
export function conditional(
  context: Context,
  answer: {
    body: string;
    type: string;
    cacheControl: string;
    /** As long as this stays, what a client has is as good; default: the body. */
    same?: string | undefined;
  },
): Response {
  // A body that is another and as good has a weak tag (RFC 9110, section 8.8.1).
  const etag = answer.same === undefined ? etagOf(answer.body) : `W/${etagOf(answer.same)}`;
  const headers = {
    etag,
    'cache-control': answer.cacheControl,
    'content-type': answer.type,
    vary: 'accept-encoding',
  };
  const known = context.req.header('if-none-match');
  // Weak comparison, as RFC 9110 section 13.1.2 asks for.
  const matches = known?.split(',').some((tag) => bare(tag.trim()) === bare(etag) || tag.trim() === '*');
  if (matches === true) return context.body(null, 304, headers);
  return context.body(answer.body, 200, headers);
}

const bare = (tag: string): string => tag.replace(/^W\//, '');
