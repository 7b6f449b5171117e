import { html } from 'hono/html';
import type { Html } from './layout.ts';

export interface NavigationItem {
  readonly path: string;
  readonly name: string;
}

/** The pages that this person may see, with a way out. */
export const navigationPart = (
  items: readonly NavigationItem[],
  here: string,
): Html => html`<nav aria-label="Console">
<ul>${items.map(
  ({ path, name }) =>
    html`<li><a href="${path}"${path === here ? html` aria-current="page"` : ''}>${name}</a></li>`,
)}</ul>
<form method="post" action="/sign-out"><button class="quiet">Sign out</button></form>
</nav>`;
