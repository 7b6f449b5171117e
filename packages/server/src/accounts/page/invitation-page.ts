import { html } from 'hono/html';
import { longestTyped } from '../password/password-rules.ts';
import { field } from './field.ts';
import { type Html, layout, objectionPart } from './layout.ts';
import { passwordHint } from './set-up-page.ts';

export const invitationPage = (page: {
  stylesheet: string;
  organisation: string;
  email: string;
  name?: string;
  field?: string;
  objection?: string;
}): Html =>
  layout({
    title: `Join ${page.organisation} · Octobox`,
    heading: `Join ${page.organisation}`,
    stylesheet: page.stylesheet,
    main: html`<p>You sign in as ${page.email} from now on.</p>
${objectionPart(page.objection)}
<form method="post">
<input type="email" name="email" autocomplete="username" value="${page.email}" hidden>
${field({ name: 'name', label: 'Your name', type: 'text', autocomplete: 'name', longest: 120, value: page.name, objected: page.field === 'name', first: page.field !== 'password' })}
${field({ name: 'password', label: 'Password', type: 'password', autocomplete: 'new-password', longest: longestTyped, hint: passwordHint, objected: page.field === 'password', first: page.field === 'password' })}
<button>Join</button>
</form>`,
  });
