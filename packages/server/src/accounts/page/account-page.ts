import { html } from 'hono/html';
import type { Passkey } from '../passkeys/passkeys.ts';
import { longestTyped, shortestWithAnother } from '../password/password-rules.ts';
import type { SecondFactorState } from '../second-factor/second-factor.ts';
import { browserWords } from '../sessions/browser-words.ts';
import type { Session, SessionReport } from '../sessions/session.ts';
import { field } from './field.ts';
import { type Html, layout, objectionPart } from './layout.ts';
import { type NavigationItem, navigationPart } from './navigation.ts';
import { codesLeftText } from './second-factor-page.ts';
import { passwordHint, passwordHintWithFactor } from './set-up-page.ts';
import { timeText } from './time-text.ts';

export const accountPage = (page: {
  stylesheet: string;
  navigation: readonly NavigationItem[];
  session: Session;
  sessions: readonly SessionReport[];
  secondFactor: SecondFactorState | undefined;
  passkeys: readonly Passkey[];
  /** The console is reached by a name, to which a passkey can be bound. */
  mayHavePasskeys: boolean;
  objection?: string | undefined;
  /** Which of the two passwords is objected to. */
  field?: 'current' | 'fresh';
}): Html => {
  const { session, sessions } = page;
  const others = sessions.some(({ id }) => id !== session.id);
  return layout({
    title: 'Your account · Octobox',
    heading: session.user.name,
    stylesheet: page.stylesheet,
    navigation: navigationPart(page.navigation, '/account'),
    main: html`<p>${session.user.email}</p>
<section>
<h2>Where you are signed in</h2>
<ul>${sessions.map((one) => sessionItem(one, one.id === session.id))}</ul>
${others ? html`<form method="post" action="/account/sessions/end-others"><button>Sign out everywhere else</button></form>` : ''}
</section>
${secondFactorPart(page.secondFactor)}
${passkeysPart(page.passkeys, page.mayHavePasskeys)}
<section>
<h2>Change the password</h2>
${objectionPart(page.objection)}
<form method="post" action="/account/password">
<input type="email" name="email" autocomplete="username" value="${session.user.email}" hidden>
${field({ name: 'current', label: 'Present password', type: 'password', autocomplete: 'current-password', longest: longestTyped, objected: page.field === 'current' })}
${field({ name: 'fresh', label: 'New password', type: 'password', autocomplete: 'new-password', longest: longestTyped, hint: page.secondFactor === undefined ? passwordHint : passwordHintWithFactor, objected: page.field === 'fresh' })}
<p class="hint">You are signed out everywhere else then. Your API keys go on working: end on <a href="/keys">their page</a> those that somebody else may know.</p>
<button>Change the password</button>
</form>
</section>`,
  });
};

const secondFactorPart = (state: SecondFactorState | undefined): Html =>
  state === undefined
    ? html`<section>
<h2>Second factor</h2>
<p>It is off: whoever has your password is you. With it, signing in asks for a code of an app on your phone besides; then a password of ${shortestWithAnother} characters is enough.</p>
<form method="post" action="/account/second-factor/begin"><button>Set up a second factor</button></form>
</section>`
    : html`<section>
<h2>Second factor</h2>
<p>It is on. ${codesLeftText(state)}</p>
<p><a href="/account/second-factor">Recovery codes, another phone, turning it off</a></p>
</section>`;

const passkeysPart = (passkeys: readonly Passkey[], possible: boolean): Html => html`<section>
<h2>Passkeys</h2>
<p>A key in your computer, phone or stick, unlocked by a finger or a PIN: it signs in alone, and cannot be given to a wrong page.</p>
${passkeys.length === 0 ? '' : html`<ul>${passkeys.map(passkeyItem)}</ul>`}
${
  possible
    ? html`<form method="post" action="/account/passkeys/begin"><button>Add a passkey</button></form>`
    : html`<p class="hint">Passkeys are bound to a name, and this console is open under an address: add them where it is open under its name, or as localhost.</p>`
}
</section>`;

const passkeyItem = ({ id, name, createdAt, lastUsedAt }: Passkey): Html => html`<li>
<p><strong>${name}</strong></p>
<p class="hint">since ${timeText(createdAt)}, ${lastUsedAt === undefined ? 'not used yet' : `last used ${timeText(lastUsedAt)}`}</p>
<form method="post" action="/account/passkeys/${id}/remove"><button class="quiet">Remove ${name}</button></form>
</li>`;

const sessionItem = (session: SessionReport, own: boolean): Html => html`<li>
<p><strong>${own ? 'Here' : browserWords(session.userAgent)}</strong>${session.address === undefined ? '' : html`, from ${session.address}`}</p>
<p class="hint">since ${timeText(session.begunAt)}, last used about ${timeText(session.lastUsedAt)}</p>
${
  own
    ? ''
    : html`<form method="post" action="/account/sessions/${session.id}/end"><button class="quiet" aria-label="Sign out ${browserWords(session.userAgent)} of ${timeText(session.begunAt)}">Sign out there</button></form>`
}
</li>`;
