import { html } from 'hono/html';
import type { LapseReport } from '../report.ts';
import { clock, type Html } from './times.ts';

const verbs: Readonly<Record<LapseReport['kind'], string>> = {
  late: 'late',
  missed: 'missed',
  overlap: 'skipped',
  clock: 'moved',
};

const noun = (lapse: LapseReport): string => {
  const one = lapse.of === 'backup' ? 'backup' : 'rehearsal';
  return lapse.count === 1 ? `1 ${one}` : `${lapse.count} ${one}s`;
};

/** Due times that were not met: what was caught up stays visible, folded away. */
export function lapseList(lapses: readonly LapseReport[], now: Date): Html {
  if (lapses.length === 0) return html``;
  const total = lapses.reduce((sum, { count }) => sum + count, 0);
  const what = total === 1 ? '1 due time was' : `${total} due times were`;
  return html`<details class="lapses"><summary>${what} missed or late in the last 90 days</summary>
<ul>${lapses.map(
    (lapse) =>
      html`<li>${lapse.source}: ${noun(lapse)} ${verbs[lapse.kind]}, ${
        lapse.count === 1
          ? html`due ${clock(lapse.firstDueAt, now)}`
          : html`due from ${clock(lapse.firstDueAt, now)} to ${clock(lapse.lastDueAt, now)}`
      }: ${lapse.reason}</li>`,
  )}</ul></details>`;
}
