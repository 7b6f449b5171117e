import { html } from 'hono/html';
import type { IncidentReport } from '../report.ts';
import { estimateLine, lasted, updateList } from './incident-parts.ts';
import { layout } from './layout.ts';
import { incidentLabel, incidentTone, mark } from './marks.ts';
import { ago, clock, type Html } from './times.ts';

/** One incident with everything that was told about it. */
export function incidentPage(
  incident: IncidentReport,
  frame: { title: string; stylesheet: string; now: Date },
): Html {
  const { now } = frame;
  return layout({
    title: `${incident.title} · ${frame.title}`,
    site: frame.title,
    stylesheet: frame.stylesheet,
    main: html`
<section class="overall ${incidentTone(incident.state)}" aria-labelledby="incident">
<h1 id="incident">${mark(incidentTone(incident.state))}<span>${incident.title}</span></h1>
<p class="tally">${incidentLabel(incident.state)}${
      incident.resolvedAt === undefined
        ? html` · began ${ago(incident.openedAt, now)}`
        : html` after ${lasted(incident)}, ${clock(incident.resolvedAt, now)}`
    }</p>
${estimateLine(incident, now)}
</section>
<section aria-labelledby="updates"><h2 id="updates">Updates</h2>${updateList(incident, now, 1_000)}</section>
<p class="back"><a href="/">Back to the status of everything</a></p>`,
    footer: html`<p>As of ${clock(now.toISOString(), now)}. Times are UTC.</p>`,
  });
}
