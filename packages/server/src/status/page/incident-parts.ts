import { html } from 'hono/html';
import { formatDuration } from '../../platform/index.ts';
import type { IncidentEstimate } from '../incident.ts';
import type { IncidentReport } from '../report.ts';
import { incidentLabel, incidentTone, mark } from './marks.ts';
import { ago, clock, type Html, unbroken } from './times.ts';

/** "Back about 2 m after the restore begins", "Expected back today 13:05", always with the measurement it comes from. */
export function estimateLine(incident: IncidentReport, now: Date): Html {
  if (incident.resolvedAt !== undefined) return html``;
  const { estimate } = incident;
  if (estimate === undefined) {
    return html`<p class="estimate">No estimate: this restore was never measured, and we do not guess.</p>`;
  }
  return html`<p class="estimate">${expected(estimate, now)}<span class="basis">Measured, not guessed: ${unbroken(estimate.basis)}.</span></p>`;
}

/** A time of day would be wrong a second later while nobody restores; then the measured time is all there is. */
function expected({ seconds, expectedBackAt }: IncidentEstimate, now: Date): Html {
  if (expectedBackAt === undefined) {
    return html`<strong>Back ${unbroken(seconds < 1 ? 'within 1 s' : `about ${formatDuration(seconds)}`)} after the restore begins</strong>`;
  }
  if (Date.parse(expectedBackAt) < now.getTime()) {
    return html`Was expected back ${clock(expectedBackAt, now)}; it takes longer than measured`;
  }
  return html`<strong>Expected back ${clock(expectedBackAt, now)}</strong>, ${ago(expectedBackAt, now)}`;
}

export const updateList = (incident: IncidentReport, now: Date, limit: number): Html =>
  html`<ol class="updates">${incident.updates
    .slice(0, limit)
    .map(
      (update) =>
        html`<li><p class="when"><b>${incidentLabel(update.state)}</b> · ${clock(update.at, now)}</p><p>${update.text}</p></li>`,
    )}</ol>`;

export const openIncident = (
  incident: IncidentReport,
  now: Date,
): Html => html`<article class="incident ${incidentTone(incident.state)}">
<h3>${mark(incidentTone(incident.state))}<a href="/incidents/${incident.id}">${incident.title}</a></h3>
<p class="since">${incidentLabel(incident.state)} · began ${ago(incident.openedAt, now)}</p>
${estimateLine(incident, now)}
${updateList(incident, now, 4)}
</article>`;

export function lasted(incident: IncidentReport): string {
  if (incident.resolvedAt === undefined) return '';
  return formatDuration((Date.parse(incident.resolvedAt) - Date.parse(incident.openedAt)) / 1_000);
}

export const pastIncident = (incident: IncidentReport, now: Date): Html => html`<li>
<p class="when">${clock(incident.openedAt, now)}</p>
<p><a href="/incidents/${incident.id}">${incident.title}</a></p>
<p class="evidence">Resolved after ${lasted(incident)}. ${incident.updates[0]?.text ?? ''}</p>
</li>`;
