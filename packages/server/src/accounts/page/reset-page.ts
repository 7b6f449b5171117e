import { html } from 'hono/html';
import type { ResetUser } from '../password/password-reset.ts';
import { longestTyped } from '../password/password-rules.ts';
import { field } from './field.ts';
import { type Html, layout, objectionPart } from './layout.ts';
import { passwordHint, passwordHintWithFactor } from './set-up-page.ts';

export const resetPage = (page: { stylesheet: string; user: ResetUser; objection?: string }): Html =>
  layout({
    title: 'New password · Octobox',
    heading: 'Choose a new password',
    stylesheet: page.stylesheet,
    main: html`<p>For ${page.user.email}. You are signed out everywhere then, and sign in with it${page.user.keepsFactor ? ' and a code of your app' : ''}.</p>
${page.user.endsFactor ? html`<p>The second factor is turned off then, and all recovery codes are void. Set it up again after you signed in.</p>` : ''}
${page.user.keys === 0 ? '' : html`<p>${page.user.keys === 1 ? 'Your API key ends' : `Your ${page.user.keys} API keys end`} then, too: somebody else may have made or seen them. Programs that go on need new ones.</p>`}
${page.user.passkeys === 0 ? '' : html`<p>${page.user.passkeys === 1 ? 'Your passkey is' : `Your ${page.user.passkeys} passkeys are`} removed then, for the same reason. Make new ones after you signed in.</p>`}
${objectionPart(page.objection)}
<form method="post">
<input type="email" name="email" autocomplete="username" value="${page.user.email}" hidden>
${field({ name: 'password', label: 'New password', type: 'password', autocomplete: 'new-password', longest: longestTyped, hint: page.user.keepsFactor ? passwordHintWithFactor : passwordHint, objected: page.objection !== undefined, first: true })}
<button>Keep this password</button>
</form>`,
  });
