import type { Context } from 'hono';
import { ApiError } from '../answers/problem.ts';

/** No page elsewhere shall put a file of ours on the disk of who is signed in. @throws ApiError */
export function requireOwnPage(context: Context): void {
  const site = context.req.header('sec-fetch-site') ?? 'none';
  if (site !== 'none' && site !== 'same-origin')
    throw new ApiError('api.foreign-origin', 'a download must be asked for on a page of this console');
}
