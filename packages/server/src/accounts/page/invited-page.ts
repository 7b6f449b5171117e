import { html } from 'hono/html';
import { type Html, layout } from './layout.ts';
import { type NavigationItem, navigationPart } from './navigation.ts';

/** The link of an invitation, which is shown once: the database has its hash alone. */
export const invitedPage = (page: {
  stylesheet: string;
  navigation: readonly NavigationItem[];
  link: string;
  email: string;
}): Html =>
  layout({
    title: 'Invited · Octobox',
    heading: 'Send this link',
    stylesheet: page.stylesheet,
    navigation: navigationPart(page.navigation, '/members'),
    main: html`<p>Whoever has it becomes a member as ${page.email}, once, within a week. It is shown now and never again; send it in a way that nobody else reads.</p>
<p class="secret"><code>${page.link}</code></p>
<p><a href="/members">Back to the members</a></p>`,
  });
