import { html } from 'hono/html';
import type { AuditEntry } from '../../audit/index.ts';
import { type Html, layout } from './layout.ts';
import { type NavigationItem, navigationPart } from './navigation.ts';
import { timeText } from './time-text.ts';

export const auditPage = (page: {
  stylesheet: string;
  navigation: readonly NavigationItem[];
  entries: readonly AuditEntry[];
  search: string;
  /** There are older ones. */
  more: boolean;
}): Html => {
  const last = page.entries.at(-1);
  const search = page.search === '' ? '' : `&search=${encodeURIComponent(page.search)}`;
  return layout({
    title: 'Audit log · Octobox',
    heading: 'Audit log',
    stylesheet: page.stylesheet,
    wide: true,
    navigation: navigationPart(page.navigation, '/audit'),
    main: html`<form method="get" action="/audit" role="search"><label for="search">Search</label>
<input id="search" name="search" type="search" maxlength="200" value="${page.search}"> <button class="quiet">Search</button></form>
<p class="hint">Searched are what was done, who did it, to what and from where. All of it as <a href="/audit.csv">CSV</a> or <a href="/audit.json">JSON</a>.</p>
${
  page.entries.length === 0
    ? html`<p>Nothing was found.</p>`
    : html`<div class="scroll" tabindex="0" role="region" aria-label="Entries"><table><thead><tr><th scope="col">When</th><th scope="col">Who</th><th scope="col">What</th><th scope="col">From where</th><th scope="col">Before</th><th scope="col">After</th></tr></thead>
<tbody>${page.entries.map(entryRow)}</tbody></table></div>`
}
${page.more && last !== undefined ? html`<p><a href="/audit?before=${last.id}${search}">Older entries</a></p>` : ''}`,
  });
};

const entryRow = (entry: AuditEntry): Html => html`<tr>
<td>${timeText(entry.at)}</td><td>${entry.origin.actor?.name ?? ''}</td>
<td>${entry.action}<br><span class="hint">${entry.subject ?? ''}</span></td>
<td>${entry.origin.address ?? ''}</td><td>${fieldsText(entry.before)}</td><td>${fieldsText(entry.after)}</td>
</tr>`;

const fieldsText = (fields: AuditEntry['before']): string =>
  Object.entries(fields ?? {})
    .map(([name, value]) => `${name}: ${value ?? 'none'}`)
    .join(', ');
