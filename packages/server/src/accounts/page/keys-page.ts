import { html } from 'hono/html';
import type { Permission } from '../../access/index.ts';
import type { ApiKey } from '../api-keys/api-keys.ts';
import type { NewApiKey } from '../api-keys/read-key.ts';
import { field } from './field.ts';
import { type Html, layout, objectionPart } from './layout.ts';
import { type NavigationItem, navigationPart } from './navigation.ts';
import { timeText } from './time-text.ts';

export interface RefusedKey {
  readonly given: NewApiKey;
  readonly field: string;
  readonly objection: string;
}

/** The own keys of who is signed in, and making one. */
export const keysPage = (page: {
  stylesheet: string;
  navigation: readonly NavigationItem[];
  keys: readonly ApiKey[];
  /** What a key of this member may be for. */
  scopes: readonly Permission[];
  /** The furthest day that a key may work until, `2027-11-26`. */
  latest: string;
  refused?: RefusedKey | undefined;
}): Html =>
  layout({
    title: 'API keys · Octobox',
    heading: 'API keys',
    stylesheet: page.stylesheet,
    navigation: navigationPart(page.navigation, '/keys'),
    main: html`<p>With a key a program acts for you, within what you allow it here and never for more than your role includes. <a href="/api/v1/reference">What the API offers</a></p>
${page.keys.length === 0 ? html`<p>You have no key. Make one for each program, so that you can end it alone.</p>` : html`<ul>${page.keys.map(keyItem)}</ul>`}
${makeForm(page)}`,
  });

const keyItem = ({ id, name, scopes, createdAt, expiresAt, lastUsedAt }: ApiKey): Html => html`<li>
<p><strong>${name}</strong></p>
<p class="hint">${scopes.join(', ')}</p>
<p class="hint">made ${timeText(createdAt)}, works until ${expiresAt.slice(0, 10)}, ${lastUsedAt === undefined ? 'never used' : `last used about ${timeText(lastUsedAt)}`}</p>
<form method="post" action="/keys/${id}/end"><button class="quiet" aria-label="End the key ${name}">End this key</button></form>
</li>`;

const makeForm = ({
  scopes,
  latest,
  refused,
}: {
  scopes: readonly Permission[];
  latest: string;
  refused?: RefusedKey | undefined;
}): Html => {
  if (scopes.length === 0) return html`<p>Your role includes nothing that a key could be for.</p>`;
  const given = refused?.given;
  const objected = (name: string) =>
    refused?.field === name ? html` aria-invalid="true" aria-describedby="objection"` : '';
  return html`<section>
<h2>Make a key</h2>
${objectionPart(refused?.objection)}
<form method="post" action="/keys">
${field({ name: 'name', label: 'What it is for', type: 'text', autocomplete: 'off', longest: 80, value: given?.name, objected: refused?.field === 'name' })}
<label for="until">Last day</label><input id="until" name="until" type="date" required max="${latest}" value="${given?.until ?? ''}"${objected('until')}>
<fieldset${objected('scopes')}><legend>It may</legend>${scopes.map(
    (scope) =>
      html`<label class="choice"><input type="checkbox" name="scope" value="${scope}"${given?.scopes.includes(scope) === true ? html` checked` : ''}> <span>${scope}</span></label>`,
  )}</fieldset>
<button>Make the key</button>
</form>
</section>`;
};

/** The secret, which is shown once: the database has its hash alone. */
export const newKeyPage = (page: {
  stylesheet: string;
  navigation: readonly NavigationItem[];
  name: string;
  secret: string;
}): Html =>
  layout({
    title: 'A new key · Octobox',
    heading: 'Keep this key',
    stylesheet: page.stylesheet,
    navigation: navigationPart(page.navigation, '/keys'),
    main: html`<p>Give it to ${page.name}, in a place that only that program reads. It is shown now and never again.</p>
<p class="secret"><code>${page.secret}</code></p>
<p>It goes with every request: <code>Authorization: Bearer octobox_…</code></p>
<p><a href="/keys">Back to the keys</a></p>`,
  });
