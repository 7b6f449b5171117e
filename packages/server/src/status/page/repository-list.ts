import { html } from 'hono/html';
import { formatBytes } from '../../platform/index.ts';
import type { RepositoryReport } from '../report.ts';
import { kitSentence } from './kit-sentence.ts';
import { mark, promiseTone } from './marks.ts';
import { ago, type Html } from './times.ts';

/** Where the backups lie and what opens them, one plain sentence each; nothing as long as there is nothing to tell. */
export function repositoryList(repositories: readonly RepositoryReport[], now: Date): Html {
  const isToldOf = ({ role, place, recoveryKit }: RepositoryReport): boolean =>
    role === 'off-site' || place !== undefined || recoveryKit !== undefined;
  if (!repositories.some(isToldOf)) return html``;
  const primary = repositories.find(({ role }) => role === 'primary')?.place;
  const copies = repositories.filter(({ role }) => role === 'off-site');
  return html`<section aria-labelledby="copies">
<h2 id="copies">Where the backups are</h2>
<p>${primary === undefined ? 'Backups are taken into a repository of our own.' : `Backups are kept in ${primary}.`}</p>
${list(copies.map((copy) => html`<li>${mark(tones[copy.state ?? 'unknown'])}<p>${sentence(copy, now)}</p></li>`))}
${list(repositories.flatMap((each) => kitItem(each, now)))}
</section>`;
}

const list = (items: readonly Html[]): Html | '' =>
  items.length === 0 ? '' : html`<ul class="repositories">${items}</ul>`;

function kitItem(repository: RepositoryReport, now: Date): Html[] {
  const { recoveryKit: kit } = repository;
  if (kit === undefined) return [];
  return [html`<li>${mark(promiseTone(kit.state))}<p>${kitSentence(repository, kit, now)}</p></li>`];
}

const tones = { 'up-to-date': 'good', behind: 'warn', failing: 'warn', unknown: 'mute' } as const;

function sentence({ place, upTo, behind, state, lastSuccessAt }: RepositoryReport, now: Date): Html {
  const where = place === undefined ? 'another place' : place;
  const waiting =
    behind === undefined || behind.runs === 0
      ? ''
      : ` ${behind.runs} ${behind.runs === 1 ? 'backup waits' : 'backups wait'} to be sent (${formatBytes(behind.bytes)}).`;
  const trouble = state === 'failing' ? ' The last attempt to send did not succeed.' : '';
  if (upTo === undefined) return html`A copy in ${where} is not complete yet.${waiting}${trouble}`;
  if (state === 'up-to-date' && lastSuccessAt !== undefined) {
    return html`A copy in ${where} holds all of them; it was brought up to date ${ago(lastSuccessAt, now)}.`;
  }
  return html`A copy in ${where} holds everything that was backed up until ${ago(upTo, now)}.${waiting}${trouble}`;
}
