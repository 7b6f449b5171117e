import { html } from 'hono/html';
import { longest } from '../password/password-rules.ts';
import { field } from './field.ts';
import { type Html, layout, objectionPart } from './layout.ts';
import { passwordHint } from './set-up-page.ts';

export const resetPage = (page: { stylesheet: string; email: string; objection?: string }): Html =>
  layout({
    title: 'New password · Octobox',
    heading: 'Choose a new password',
    stylesheet: page.stylesheet,
    main: html`<p>For ${page.email}. You are signed out everywhere then, and sign in with it.</p>
${objectionPart(page.objection)}
<form method="post">
<input type="email" name="email" autocomplete="username" value="${page.email}" hidden>
${field({ name: 'password', label: 'New password', type: 'password', autocomplete: 'new-password', longest, hint: passwordHint, objected: page.objection !== undefined, first: true })}
<button>Keep this password</button>
</form>`,
  });
