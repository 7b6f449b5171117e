import { Hono, type MiddlewareHandler } from 'hono';
import { securityHeaders } from './security-headers.ts';

/**
 * Sends who comes without TLS to the same path of `url`, for good (RFC 9110, section 15.4.9). What was to be changed is
 * refused: it has been sent in the clear already, and would be again the next time.
 * @param first what is answered here all the same
 */
export function redirectTo(url: string, first?: MiddlewareHandler): Hono {
  const app = new Hono();
  app.use(securityHeaders(undefined));
  if (first !== undefined) app.use(first);
  app.all('*', (context) => {
    const { method } = context.req;
    if (method !== 'GET' && method !== 'HEAD') return context.text(`come by TLS: ${url}\n`, 403);
    const { pathname, search } = new URL(context.req.url);
    return context.redirect(`${url}${pathname}${search}`, 308);
  });
  return app;
}
