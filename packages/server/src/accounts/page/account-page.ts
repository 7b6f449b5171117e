import { html } from 'hono/html';
import { longest } from '../password/password-rules.ts';
import type { Session, SessionReport } from '../session.ts';
import { field } from './field.ts';
import { type Html, layout, objectionPart } from './layout.ts';
import { type NavigationItem, navigationPart } from './navigation.ts';
import { passwordHint } from './set-up-page.ts';

export const accountPage = (page: {
  stylesheet: string;
  navigation: readonly NavigationItem[];
  session: Session;
  sessions: readonly SessionReport[];
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
<section>
<h2>Change the password</h2>
${objectionPart(page.objection)}
<form method="post" action="/account/password">
<input type="email" name="email" autocomplete="username" value="${session.user.email}" hidden>
${field({ name: 'current', label: 'Present password', type: 'password', autocomplete: 'current-password', longest, objected: page.field === 'current' })}
${field({ name: 'fresh', label: 'New password', type: 'password', autocomplete: 'new-password', longest, hint: passwordHint, objected: page.field === 'fresh' })}
<p class="hint">You are signed out everywhere else then.</p>
<button>Change the password</button>
</form>
</section>`,
  });
};

const sessionItem = (session: SessionReport, own: boolean): Html => html`<li>
<p><strong>${own ? 'Here' : browserWords(session.userAgent)}</strong>${session.address === undefined ? '' : html`, from ${session.address}`}</p>
<p class="hint">since ${timeText(session.begunAt)}, last used about ${timeText(session.lastUsedAt)}</p>
${
  own
    ? ''
    : html`<form method="post" action="/account/sessions/${session.id}/end"><button class="quiet" aria-label="Sign out ${browserWords(session.userAgent)} of ${timeText(session.begunAt)}">Sign out there</button></form>`
}
</li>`;

export const timeText = (at: string): string => `${at.slice(0, 10)} ${at.slice(11, 16)} UTC`;

const browsers = [
  [/Firefox\//, 'Firefox'],
  [/Edg\//, 'Edge'],
  [/Chrome\//, 'Chrome'],
  [/Safari\//, 'Safari'],
] as const;
const systems = [
  [/Android/, 'Android'],
  [/iPhone|iPad/, 'iOS'],
  [/Windows/, 'Windows'],
  [/Mac OS/, 'macOS'],
  [/Linux/, 'Linux'],
] as const;

/** "Firefox on Linux"; good enough to know one's own machines by. */
export function browserWords(userAgent: string | undefined): string {
  const find = (list: readonly (readonly [RegExp, string])[]): string | undefined =>
    list.find(([pattern]) => pattern.test(userAgent ?? ''))?.[1];
  const browser = find(browsers) ?? 'Another program';
  const system = find(systems);
  return system === undefined ? browser : `${browser} on ${system}`;
}
