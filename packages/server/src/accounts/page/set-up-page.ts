import { html } from 'hono/html';
import { longestTyped, shortestAlone, shortestWithAnother } from '../password/password-rules.ts';
import type { NewOwner } from '../read-person.ts';
import { field } from './field.ts';
import { type Html, layout, objectionPart } from './layout.ts';

const hint = (shortest: number): string =>
  `${shortest} characters or more: a sentence, or a few words that do not belong together. Any character is good, and it may be pasted.`;
export const passwordHint = hint(shortestAlone);
/** For who has a second factor. */
export const passwordHintWithFactor = hint(shortestWithAnother);

export const setUpPage = (page: {
  stylesheet: string;
  given?: NewOwner;
  field?: string;
  objection?: string;
}): Html => {
  const isFirst = (field: string): boolean => field === (page.field ?? 'name');
  return layout({
    title: 'Set up · Octobox',
    heading: 'Set up Octobox',
    stylesheet: page.stylesheet,
    main: html`<p>You become the owner of this Octobox.</p>
${objectionPart(page.objection)}
<form method="post">
${field({ name: 'name', label: 'Your name', type: 'text', autocomplete: 'name', longest: 120, value: page.given?.name, objected: page.field === 'name', first: isFirst('name') })}
${field({ name: 'email', label: 'E-mail address', type: 'email', autocomplete: 'username', longest: 254, value: page.given?.email, objected: page.field === 'email', first: isFirst('email') })}
${field({ name: 'organisation', label: 'Organisation', type: 'text', autocomplete: 'organization', longest: 120, value: page.given?.organisation, objected: page.field === 'organisation', first: isFirst('organisation') })}
${field({ name: 'password', label: 'Password', type: 'password', autocomplete: 'new-password', longest: longestTyped, hint: passwordHint, objected: page.field === 'password', first: isFirst('password') })}
<button>Set up</button>
</form>`,
  });
};
