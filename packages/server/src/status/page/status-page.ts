import { html } from 'hono/html';
import { durationWords } from '../../platform/index.ts';
import type { ServiceReport, StatusReport } from '../report.ts';
import { dayBars } from './bars.ts';
import { heldList } from './held-list.ts';
import { openIncident, pastIncident } from './incident-parts.ts';
import { lapseList } from './lapse-list.ts';
import { layout } from './layout.ts';
import { mark, serviceLabel, serviceTone } from './marks.ts';
import { promiseList } from './promise-list.ts';
import { promiseTally } from './promise-tally.ts';
import { repositoryList } from './repository-list.ts';
import { ago, clock, type Html } from './times.ts';

/** The public page: the state of everything in one screen, and what every promise rests on. */
export function statusPage(report: StatusReport, stylesheet: string): Html {
  const now = new Date(report.generatedAt);
  const open = report.incidents.filter((incident) => incident.resolvedAt === undefined);
  const past = report.incidents.filter((incident) => incident.resolvedAt !== undefined);
  return layout({
    title: `${report.summary} · ${report.title}`,
    site: report.title,
    stylesheet,
    main: html`
<section class="overall ${serviceTone(report.state)}" aria-labelledby="overall">
<h1 id="overall">${mark(serviceTone(report.state))}<span>${report.summary}</span></h1>
<p class="tally">${promiseTally(report)}</p>
${watching(report, now)}
</section>
${
  open.length === 0
    ? ''
    : html`<section aria-labelledby="open"><h2 id="open">What is happening</h2>${open.map((incident) => openIncident(incident, now))}</section>`
}
<section aria-labelledby="services">
<h2 id="services">Services</h2>
${report.services.length === 0 ? html`<p class="empty">No service has been added yet.</p>` : report.services.map((service) => serviceCard(service, now))}
</section>
${
  report.general.length === 0
    ? ''
    : html`<section aria-labelledby="general"><h2 id="general">Promises beyond the services</h2>
<article class="service">${promiseList(report.general, now)}</article></section>`
}
${repositoryList(report.repositories, now)}
<section aria-labelledby="history">
<h2 id="history">Past incidents</h2>
${
  past.length === 0
    ? html`<p class="empty">No past incident is recorded in the last 90 days.</p>`
    : html`<ol class="past">${past.map((incident) => pastIncident(incident, now))}</ol>`
}
</section>`,
    footer: html`<p>As of ${clock(report.generatedAt, now)}. Times are UTC. A day or a promise without data is shown as such, never as good.</p>
<p><a href="/status.json">This page as JSON</a></p>`,
  });
}

const serviceCard = (
  service: ServiceReport,
  now: Date,
): Html => html`<article class="service" aria-labelledby="service-${service.slug}">
<div class="head">
<h3 id="service-${service.slug}">${service.name}</h3>
<p class="state ${serviceTone(service.state)}">${mark(serviceTone(service.state))}${service.changedUnusually === true ? 'Changed unusually' : serviceLabel(service.state)}</p>
</div>
<p class="targets">${service.criticality.charAt(0).toUpperCase() + service.criticality.slice(1)} · at most ${durationWords(service.rpoSeconds)} of work lost · back within ${durationWords(service.rtoSeconds)}</p>
${dayBars(service)}
<h4>Promises and their evidence</h4>
${promiseList(service.promises, now)}
${heldList(service.sources, now)}
${lapseList(service.lapses, now)}
</article>`;

function watching(report: StatusReport, now: Date): Html {
  if (report.watching.alive) return html``;
  return html`<p class="warning" role="status">${
    report.watching.lastSignAt === undefined
      ? 'The monitoring has not reported yet.'
      : html`The monitoring last reported ${ago(report.watching.lastSignAt, now)}; what is shown may have changed since.`
  }</p>`;
}
