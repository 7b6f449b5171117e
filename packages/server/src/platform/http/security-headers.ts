import type { MiddlewareHandler } from 'hono';

/**
 * Pages carry no script and load nothing from elsewhere, so everything else is forbidden. Sent with
 * every answer, errors included.
 */
const headers = (forms: "'none'" | "'self'", referrer: string): Readonly<Record<string, string>> => ({
  'content-security-policy': `default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action ${forms}; frame-ancestors 'none'`,
  'x-content-type-options': 'nosniff',
  'referrer-policy': referrer,
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=()',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'x-frame-options': 'DENY',
});

/** An answer may say something else of itself. */
const ownWords = new Set(['cache-control', 'content-security-policy']);

const sending =
  (fields: Readonly<Record<string, string>>): MiddlewareHandler =>
  async (context, next) => {
    await next();
    for (const [name, value] of Object.entries(fields)) {
      if (!ownWords.has(name) || !context.res.headers.has(name)) context.res.headers.set(name, value);
    }
  };

/** RFC 6797: where `url` says that people come by TLS, browsers come by nothing else for a year. */
const strictTransport = (url: string | undefined): Readonly<Record<string, string>> =>
  url?.startsWith('https:') === true ? { 'strict-transport-security': 'max-age=31536000' } : {};

/** For pages that everybody may read. `url`: where people reach them. */
export const securityHeaders = (url: string | undefined): MiddlewareHandler =>
  sending({ ...headers("'none'", 'no-referrer'), ...strictTransport(url) });

/**
 * For pages with forms, which are nobody else's business: never kept, not by a browser either, but for what says so. With `no-referrer`
 * browsers would send `Origin: null` with a form, and `ownOrigin` could not tell it from that of a stranger.
 */
export const formHeaders = (url: string): MiddlewareHandler =>
  sending({
    ...headers("'self'", 'same-origin'),
    'cache-control': 'no-store',
    ...strictTransport(url),
  });
