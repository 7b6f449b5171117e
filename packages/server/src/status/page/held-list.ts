import { html } from 'hono/html';
import type { SourceReport } from '../report.ts';
import { ago, type Html } from './times.ts';

/** Where retention forgot nothing, because it looked like a mistake or an attack. */
export function heldList(sources: readonly SourceReport[], now: Date): Html {
  return html`${sources.map(({ name, heldHistory: held }) =>
    held === undefined
      ? ''
      : html`<p class="warning">${name}: ${ago(held.at, now)} the rules for old backups would have removed ${held.snapshots} of ${held.of}. Nothing was removed: ${held.reasons.map(({ sentence }) => sentence).join('; ')}.</p>`,
  )}`;
}
