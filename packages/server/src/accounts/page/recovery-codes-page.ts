import { html } from 'hono/html';
import { type Html, layout } from './layout.ts';
import { type NavigationItem, navigationPart } from './navigation.ts';

/** Recovery codes, which are shown once: the database has their hashes alone. */
export const recoveryCodesPage = (page: {
  stylesheet: string;
  navigation: readonly NavigationItem[];
  codes: readonly string[];
}): Html =>
  layout({
    title: 'Recovery codes · Octobox',
    heading: 'Keep these codes',
    stylesheet: page.stylesheet,
    navigation: navigationPart(page.navigation, '/account'),
    main: html`<p>Without your phone each of them signs you in once, with your password. They are shown now and never again: print them, or put them into a password manager, and not on that phone alone.</p>
<ul class="secret codes">${page.codes.map((code) => html`<li><code>${code}</code></li>`)}</ul>
<p class="hint">Recovery codes that you had before are void.</p>
<p><a class="button" href="/account">I have kept them</a></p>`,
  });
