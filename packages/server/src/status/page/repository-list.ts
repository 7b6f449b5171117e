import { html } from 'hono/html';
import { formatBytes } from '../../platform/index.ts';
import type { RepositoryReport } from '../report.ts';
import { mark } from './marks.ts';
import { ago, type Html } from './times.ts';

/** Where the backups lie, one plain sentence each; nothing as long as there is no place to tell and no copy. */
export function repositoryList(repositories: readonly RepositoryReport[], now: Date): Html {
  if (!repositories.some(({ role, place }) => role === 'off-site' || place !== undefined)) return html``;
  return html`<section aria-labelledby="copies">
<h2 id="copies">Where the backups are</h2>
<ul class="repositories">${repositories.map((each) => repositoryItem(each, now))}</ul>
</section>`;
}

const tones = { 'up-to-date': 'good', behind: 'warn', failing: 'bad', unknown: 'mute' } as const;

function repositoryItem(repository: RepositoryReport, now: Date): Html {
  const { role, place, state = 'unknown' } = repository;
  if (role === 'primary') {
    return html`<li><span class="mark" aria-hidden="true"></span><p>${place === undefined ? 'Backups are taken into a repository of our own.' : `Backups are kept in ${place}.`}</p></li>`;
  }
  return html`<li>${mark(tones[state])}<p>${sentence(repository, now)}</p></li>`;
}

function sentence({ place, upTo, behind, state }: RepositoryReport, now: Date): Html {
  const where = place === undefined ? 'another place' : place;
  const waiting =
    behind === undefined || behind.runs === 0
      ? ''
      : ` ${behind.runs} ${behind.runs === 1 ? 'backup waits' : 'backups wait'} to be sent (${formatBytes(behind.bytes)}).`;
  const trouble = state === 'failing' ? ' The last attempt to send did not succeed.' : '';
  if (upTo === undefined) return html`A copy in ${where} is not complete yet.${waiting}${trouble}`;
  return html`A copy in ${where} holds everything up to ${ago(upTo, now)}.${waiting}${trouble}`;
}
