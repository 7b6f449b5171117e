import { Hono } from 'hono';
import { securityHeaders } from './security-headers.ts';

/**
 * Sends who comes without TLS to the same path of `url`, for good (RFC 9110, section 15.4.9). What was to be changed is
 * refused: it has been sent in the clear already, and would be again the next time.
 */
export function redirectTo(url: string): Hono {
  const app = new Hono();
  app.use(securityHeaders(undefined));
  app.all('*', (context) => {
    const { method } = context.req;
    if (method !== 'GET' && method !== 'HEAD') return context.text(`come by TLS: ${url}\n`, 403);
    const { pathname, search } = new URL(context.req.url);
    return context.redirect(`${url}${pathname}${search}`, 308);
  });
  return app;
}
