import { randomBytes } from 'node:crypto';
import type { Context, Hono } from 'hono';
import { accountPath, appPath } from '../console-paths.ts';
import { type Desk, visitOf } from './desk.ts';

/** The console that runs in the browser, as it was built. */
export interface AppBundle {
  shell(nonce: string): string;
  asset(name: string, accepted: string): AppAsset | undefined;
}

interface AppAsset {
  readonly body: Uint8Array<ArrayBuffer>;
  readonly type: string;
  readonly encoding: string | undefined;
}

/** `/app` and below: the same shell for each address, for who is signed in; its assets hold no secret. */
export function addAppRoute(app: Hono, desk: Desk, bundle: AppBundle | undefined): void {
  app.get(`${appPath}/assets/:name`, async (context) => {
    const accepted = context.req.header('accept-encoding') ?? '';
    const asset = bundle?.asset(context.req.param('name'), accepted);
    if (asset === undefined) return await desk.nothing(context);
    return context.body(asset.body, 200, {
      'content-type': asset.type,
      // The name changes with the content.
      'cache-control': 'public, max-age=31536000, immutable',
      vary: 'accept-encoding',
      ...(asset.encoding === undefined ? {} : { 'content-encoding': asset.encoding }),
    });
  });
  const shell = async (context: Context): Promise<Response> => {
    if ((await desk.rooms.accounts.session(visitOf(context))) === undefined) {
      const { pathname, search } = new URL(context.req.url);
      return desk.goOn(context, signInPath(`${pathname}${search}`));
    }
    if (bundle === undefined) {
      if (context.req.path === accountPath) return desk.goOn(context, '/account');
      const text =
        'The console for the browser is not there. Whoever runs this Octobox builds it by starting with `./octobox serve` as the user who owns the installation. Signing in, accounts, API keys and the API work meanwhile.';
      return await desk.message(context, 503, 'The console was not built', text);
    }
    const nonce = randomBytes(16).toString('base64url');
    context.header('content-security-policy', policy(nonce));
    return context.html(bundle.shell(nonce));
  };
  app.get(appPath, shell);
  app.get(`${appPath}/*`, shell);
}

/**
 * Scripts and style sheets are files of this console alone. The nonce is for styles that Mantine writes while it runs
 * (widths that depend on the window, the lock of scrolling behind a dialogue): what has it can style, and nothing more.
 */
const policy = (nonce: string): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self'",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');

/** Signing in, and then back to where somebody was about to go. */
const signInPath = (to: string): string =>
  to === appPath ? '/sign-in' : `/sign-in?${new URLSearchParams({ to })}`;

/** Where somebody may be sent after signing in: an address of the console in the browser; undefined for any other. */
export function appTarget(to: string): string | undefined {
  const here = 'http://console.invalid';
  const url = URL.parse(to, here);
  if (url === null || url.origin !== here) return undefined;
  const { pathname, search } = url;
  return pathname === appPath || pathname.startsWith(`${appPath}/`) ? `${pathname}${search}` : undefined;
}
