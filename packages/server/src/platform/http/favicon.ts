import type { Context } from 'hono';
import { conditional } from './conditional.ts';

/** The sign on the tab of a browser, of all pages. */
export const favicon = {
  path: '/favicon.svg',
  answer: (context: Context): Response =>
    conditional(context, { body, type: 'image/svg+xml', cacheControl: 'public, max-age=86400' }),
};

const body =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 20"><circle cx="10" cy="10" r="9" fill="#0b6b5d"/><path d="M6 10.4l2.7 2.7L14.2 7.4" fill="none" stroke="#fff" stroke-width="2" stroke-linecap="round"/></svg>';
