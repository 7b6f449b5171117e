import type { Context } from 'hono';
import { etagOf } from '../../platform/index.ts';
import { ApiError } from '../answers/problem.ts';

/** Of the JSON of a thing, as it is sent. */
export const etagOfThing = (thing: unknown): string => etagOf(JSON.stringify(thing));

/**
 * What is changed must be what the client has seen (RFC 9110, section 13.1.1); within the change's transaction.
 * @throws ApiError `api.etag-missing`, `api.outdated`
 */
export function requireUnchanged(context: Context, current: unknown): void {
  const given = context.req.header('if-match');
  if (given === undefined) {
    throw new ApiError('api.etag-missing', 'a change names the ETag of what it changes in If-Match', {
      advice: 'Get the thing first, and send the ETag of that answer; "If-Match: *" changes it in any case.',
    });
  }
  const etag = etagOfThing(current);
  if (given.split(',').some((tag) => tag.trim() === etag || tag.trim() === '*')) return;
  throw new ApiError('api.outdated', 'it is not any more what the ETag in If-Match stands for', {
    advice: 'Get it again, look at what became of it, and ask anew.',
  });
}
