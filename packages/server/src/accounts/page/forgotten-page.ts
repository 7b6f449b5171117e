import { html } from 'hono/html';
import { field } from './field.ts';
import { type Html, layout, objectionPart } from './layout.ts';

/** Where somebody who forgot the password asks for a link. */
export const forgottenPage = (page: { stylesheet: string; objection?: string; email?: string }): Html =>
  layout({
    title: 'Forgotten password · Octobox',
    heading: 'A new password',
    stylesheet: page.stylesheet,
    main: html`<p>Say which account it is. If there is one, a mail with a link to choose a new password goes to its address.</p>
${objectionPart(page.objection)}
<form method="post" action="/forgotten">
${field({ name: 'email', label: 'E-mail address', type: 'email', autocomplete: 'username', longest: 254, value: page.email, objected: page.objection !== undefined, first: true })}
<button>Send the link</button>
</form>
<p><a href="/sign-in">Back to signing in</a></p>`,
  });

/** The same for every address: whether there is such an account is nobody's business. */
export const askedPage = (page: { stylesheet: string }): Html =>
  layout({
    title: 'Look into your mail · Octobox',
    heading: 'Look into your mail',
    stylesheet: page.stylesheet,
    main: html`<p>If there is an account with this address, a mail with a link is on its way. The link works once, within an hour.</p>
<p>Nothing comes? See whether it lies with the unwanted mail. Whoever runs this Octobox can also make a link on its machine.</p>
<p><a href="/sign-in">Back to signing in</a></p>`,
  });
