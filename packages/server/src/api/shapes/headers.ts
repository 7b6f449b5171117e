import type { z } from '@hono/zod-openapi';
import type { Fields, Operation } from '../operation.ts';

const text = (description: string) => ({ description, schema: { type: 'string' as const } });

const limits = {
  RateLimit: text('How many requests are left (`r`), and in how many seconds all are back (`t`)'),
  'RateLimit-Policy': text('How many requests there may be at once (`q`), which come back in `w` seconds'),
};

/** What stands above the body of an answer. */
export const replyHeaders = ({ method, creates, answer }: Operation<Fields, Fields, z.ZodType>) => ({
  ...limits,
  ...(method === 'get' &&
  answer.shape !== undefined &&
  (answer.type ?? 'application/json') === 'application/json'
    ? { ETag: text('Of this very answer: for `If-None-Match`, and of a thing for `If-Match`') }
    : {}),
  ...(answer.status === 202 ? { Location: text('The job') } : {}),
  ...(creates === true
    ? { 'Idempotency-Replayed': text('`true`: this was done before, and is answered as it was then') }
    : {}),
});

export const refusalHeaders = {
  ...limits,
  'Retry-After': text('Seconds, of 429 and 503'),
  'WWW-Authenticate': text('Of 401'),
  Allow: text('Of 405'),
};
