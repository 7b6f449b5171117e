import type { Context, MiddlewareHandler } from 'hono';

const loopbackNames = new Set(['127.0.0.1', 'localhost', '[::1]']);

/**
 * Refuses what comes under another name than the console's: a page elsewhere whose name was made to point here (DNS
 * rebinding). An address on loopback is good under each of its names and with any port, for whoever comes through a
 * tunnel.
 */
export function ownHost(url: string): MiddlewareHandler {
  const own = new URL(url);
  return async (context, next) => {
    const host = URL.parse(`${own.protocol}//${context.req.header('host') ?? ''}`);
    if (host !== null && (host.host === own.host || (isLoopback(own) && isLoopback(host))))
      return await next();
    return context.text('this is not the address of this console\n', 421);
  };
}

/**
 * Refuses a change that a page of another origin asks for with the cookies of a user (CSRF). Browsers say where a
 * form comes from; a request that says nothing is none of a browser, and changes nothing either. Where the console is
 * reached by TLS, a page of its name without TLS may be anybody's.
 */
export function ownOrigin(url: string): MiddlewareHandler {
  const own = new URL(url);
  return async (context, next) => {
    if (comesFromOwnPage(context, own)) return await next();
    return context.text('a change must be asked for on a page of this console\n', 403);
  };
}

/** Whether it is a request that changes nothing, or one of a page of this very console. */
export function comesFromOwnPage(context: Context, own: URL): boolean {
  const { method } = context.req;
  if (method === 'GET' || method === 'HEAD') return true;
  const site = context.req.header('sec-fetch-site');
  const origin = URL.parse(context.req.header('origin') ?? '');
  const isOwn =
    origin !== null && origin.host === context.req.header('host') && origin.protocol === own.protocol;
  return isOwn && (site === undefined || site === 'same-origin');
}

/** For links: the name by which who asks came here, which may be another port at the end of a tunnel. */
export const ownAddress = (context: Context, url: string): string =>
  `${new URL(url).protocol}//${context.req.header('host') ?? new URL(url).host}`;

const isLoopback = ({ hostname }: URL): boolean => loopbackNames.has(hostname);
