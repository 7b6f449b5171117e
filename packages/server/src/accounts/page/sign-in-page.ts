import { html } from 'hono/html';
import { longestTyped } from '../password/password-rules.ts';
import { field, toField } from './field.ts';
import { type Html, layout, objectionPart } from './layout.ts';
import { type PasskeyPart, passkeyField, passkeyForm } from './passkey-form.ts';

const overText =
  'Your session is over: it ends after an hour without use, after a day in any case, and when it is ended elsewhere. What you typed is kept in this browser, passwords and secrets excepted.';

const oidcPath = (to: string | undefined): string =>
  to === undefined ? '/sign-in/oidc' : `/sign-in/oidc?${new URLSearchParams({ to })}`;

export const signInPage = (page: {
  stylesheet: string;
  email?: string;
  /** Where to go on then; undefined: to the first page. */
  to?: string | undefined;
  objection?: string;
  /** A session ended in the middle of something. */
  isOver?: boolean;
  /** Who forgot the password can ask for a link. */
  resetByMail: boolean;
  /** Undefined: nobody has one, or the console is not reached by a name. */
  passkey: PasskeyPart | undefined;
  /** The name of an identity provider, when one is configured. */
  provider: string | undefined;
}): Html =>
  layout({
    title: 'Sign in · Octobox',
    heading: 'Sign in',
    stylesheet: page.stylesheet,
    script: page.passkey?.script,
    main: html`${page.isOver === true ? html`<p role="status">${overText}</p>\n` : ''}${page.provider === undefined ? '' : html`<p><a class="button" href="${oidcPath(page.to)}">Sign in with ${page.provider}</a></p>\n`}${objectionPart(page.objection)}
<form method="post" action="/sign-in">
${toField(page.to)}${field({ name: 'email', label: 'E-mail address', type: 'email', autocomplete: 'username', longest: 254, value: page.email, first: page.email === undefined })}
${field({ name: 'password', label: 'Password', type: 'password', autocomplete: 'current-password', longest: longestTyped, objected: page.objection !== undefined, first: page.email !== undefined })}
<button>Sign in</button>
</form>
${page.passkey === undefined ? '' : passkeyForm({ part: page.passkey, does: 'get', action: '/sign-in/passkey', name: passkeyField, button: 'Sign in with a passkey', fields: toField(page.to) })}
${page.resetByMail ? html`<p><a href="/forgotten">The password is forgotten</a></p>` : ''}`,
  });
