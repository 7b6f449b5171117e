import { html } from 'hono/html';
import type { KitReport, RepositoryReport } from '../report.ts';
import { ago, type Html } from './times.ts';

/** For customers: whether the backups can be opened when this installation is gone. */
export function kitSentence({ role, place }: RepositoryReport, kit: KitReport, now: Date): Html {
  const whose = role === 'primary' ? 'of the backups' : `of the copy in ${place ?? 'another place'}`;
  const { verifiedAt } = kit;
  const proved = verifiedAt === undefined ? html`never` : html`last ${ago(verifiedAt, now)}`;
  if (kit.trouble === undefined) {
    return html`The recovery kit ${whose} opens them without this installation; that was proved ${proved}.`;
  }
  switch (kit.trouble) {
    case 'never-made':
      return html`A recovery kit ${whose}, which opens them without this installation, has not been made yet.`;
    case 'never-verified':
      return html`The recovery kit ${whose} has been made, and not been proved yet.`;
    case 'stale':
      return html`The recovery kit ${whose} is older than a change of keys.`;
    case 'verified-long-ago':
      return html`The recovery kit ${whose} was proved ${proved}, more than a year ago.`;
    case 'unreadable':
      return html`Whether the recovery kit ${whose} still fits is not known.`;
  }
}
