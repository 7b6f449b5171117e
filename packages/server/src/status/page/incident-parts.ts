import { html } from 'hono/html';
import { formatDuration } from '../../platform/index.ts';
import type { IncidentReport } from '../report.ts';
import { incidentLabel, incidentTone, mark } from './marks.ts';
import { ago, clock, type Html } from './times.ts';

/** "Expected back by 13:05", always with the measurement it comes from. */
export function estimateLine(incident: IncidentReport, now: Date): Html {
  if (incident.resolvedAt !== undefined) return html``;
  const { estimate } = incident;
  if (estimate === undefined) {
    return html`<p class="estimate">No estimate: this restore was never measured, and we do not guess.</p>`;
  }
  const passed = Date.parse(estimate.expectedBackAt) < now.getTime();
  return html`<p class="estimate">${
    passed
      ? html`Was expected back ${clock(estimate.expectedBackAt, now)}; it takes longer than measured`
      : html`<strong>Expected back ${clock(estimate.expectedBackAt, now)}</strong>, ${ago(estimate.expectedBackAt, now)}`
  }<span class="basis">Measured, not guessed: ${estimate.basis}.</span></p>`;
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
