import { html } from 'hono/html';
import { longestTyped } from '../password/password-rules.ts';
import { recoveryCodeCount } from '../second-factor/recovery-codes.ts';
import type { SecondFactorState } from '../second-factor/second-factor.ts';
import { codeField } from './code-fields.ts';
import { field } from './field.ts';
import { type Html, layout, objectionPart } from './layout.ts';
import { type NavigationItem, navigationPart } from './navigation.ts';
import { timeText } from './time-text.ts';

/** The second factor of who has one: new recovery codes, another app, none any more. */
export const secondFactorPage = (page: {
  stylesheet: string;
  navigation: readonly NavigationItem[];
  email: string;
  state: SecondFactorState;
  /** Turning it off takes a code besides the password. */
  needsCode: boolean;
  objection?: string | undefined;
  /** What is objected to. */
  field?: 'code' | 'current';
}): Html => {
  const { state } = page;
  return layout({
    title: 'Second factor · Octobox',
    heading: 'Second factor',
    stylesheet: page.stylesheet,
    navigation: navigationPart(page.navigation, '/account'),
    main: html`<p>Signing in asks for a code of your app, since ${timeText(state.enabledAt)}.</p>
<section>
<h2>Recovery codes</h2>
<p>${codesLeftText(state)} They are for when the phone is not at hand.</p>
<form method="post" action="/account/second-factor/codes"><button class="quiet">Make new recovery codes</button></form>
</section>
<section>
<h2>Another phone</h2>
<p>Set up the app there. The one before goes on until the new one has shown a right code.</p>
<form method="post" action="/account/second-factor/begin"><button class="quiet">Set up another app</button></form>
</section>
<section>
<h2>Turn it off</h2>
<p>Then the password alone signs you in, so it must have 15 characters or more.</p>
${objectionPart(page.objection)}
<form method="post" action="/account/second-factor/end">
<input type="email" autocomplete="username" value="${page.email}" hidden>
${field({ name: 'current', label: 'Present password', type: 'password', autocomplete: 'current-password', longest: longestTyped, objected: page.field === 'current', first: page.field === 'current' })}
${page.needsCode ? codeField({ label: 'Code of your app, or a recovery code', objected: page.field === 'code', first: page.field === 'code' }) : ''}
<button class="quiet">Turn the second factor off</button>
</form>
</section>`,
  });
};

export const codesLeftText = ({ codesLeft }: SecondFactorState): string =>
  codesLeft === 0
    ? 'No recovery code is left: make new ones.'
    : `${codesLeft} of ${recoveryCodeCount} recovery codes ${codesLeft === 1 ? 'is' : 'are'} left.`;
