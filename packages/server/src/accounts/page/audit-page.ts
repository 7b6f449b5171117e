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
    : html`<div class="scroll" tabindex="0" role="region" aria-label="Entries"><table class="entries" role="table"><thead role="rowgroup"><tr role="row">${columns.map((name) => html`<th scope="col" role="columnheader">${name}</th>`)}</tr></thead>
<tbody role="rowgroup">${page.entries.map(entryRow)}</tbody></table></div>`
}
${page.more && last !== undefined ? html`<p><a href="/audit?before=${last.id}${search}">Older entries</a></p>` : ''}`,
  });
};

const columns = ['When', 'Who', 'What', 'From where', 'Before', 'After'] as const;

/** The roles say what a phone's style sheet takes away, which shows each entry as lines with the columns' names. */
const entryRow = (entry: AuditEntry): Html => {
  const cells = [
    html`<time datetime="${entry.at}">${timeText(entry.at)}</time>`,
    entry.origin.actor?.name ?? '',
    html`${entry.action}<br><span class="hint">${entry.subject ?? ''}</span>`,
    entry.origin.address ?? '',
    fieldsText(entry.before),
    fieldsText(entry.after),
  ];
  return html`<tr role="row">${cells.map((cell, at) => html`<td role="cell" data-column="${columns[at]}">${cell}</td>`)}</tr>
`;
};

const fieldsText = (fields: AuditEntry['before']): string =>
  Object.entries(fields ?? {})
    .map(([name, value]) => `${name}: ${value ?? 'none'}`)
    .join(', ');
