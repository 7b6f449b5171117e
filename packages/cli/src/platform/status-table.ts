import type { PromiseReport, ServiceReport, SourceReport, StatusReport } from '@octobox/server';
import { bytes, duration, localTime, plural } from '../output/quantities.ts';
import { printable } from '../output/snapshot-table.ts';
import { type Column, table } from '../output/table.ts';
import { kitComplaints, kitLines } from './kit-lines.ts';

/** Whether anything is broken: what `status` ends with 4 for. Unknown is not good, and not broken. */
const ago = (time: string, now: number): string =>
  `${duration(Math.max(0, (now - Date.parse(time)) / 1000))} ago`;

/** Everything that `/status.json` says, for a terminal. */
export function statusLines(report: StatusReport): string[] {
  const now = Date.parse(report.generatedAt);
  const { kept, broken, unknown } = report.promises;
  const atRisk = report.promises['at-risk'];
  return [
    `${printable(report.title)}: ${report.summary}`,
    report.watching.alive
      ? 'watching: yes'
      : `watching: NO${report.watching.lastSignAt === undefined ? '' : `, last sign ${ago(report.watching.lastSignAt, now)}`}; octobox serve runs the schedules`,
    `promises: ${kept} kept, ${atRisk} at risk, ${broken} broken, ${unknown} unknown`,
    ...openIncidents(report, now),
    ...repositoryLines(report, now),
    ...kitLines(report, now),
    ...report.services.flatMap((service) => ['', ...serviceLines(service, now)]),
    ...(report.general.length === 0 ? [] : ['', ...promiseTable(report.general)]),
  ];
}

/** Where copies lie and how far they are behind; nothing when there is no place to tell of. */
export function repositoryLines(report: StatusReport, now: number): string[] {
  return report.repositories.flatMap(
    ({ role, name = '', place, state, upTo, behind, lastSuccessAt, held = 0 }) => {
      const where = place === undefined ? '' : ` in ${printable(place)}`;
      if (role === 'primary') return place === undefined ? [] : [`repository:${where}`];
      const holds = upTo === undefined ? 'not complete yet' : `holds everything up to ${ago(upTo, now)}`;
      const waiting =
        behind === undefined || behind.runs === 0
          ? ''
          : `, ${plural(behind.runs, 'backup')} behind (${bytes(behind.bytes)})`;
      const last =
        lastSuccessAt === undefined ? 'never sent in full' : `last sent ${ago(lastSuccessAt, now)}`;
      const loss =
        held === 0
          ? ''
          : `; ${plural(held, 'object')} lost here are held there (octobox mirror --accept-loss)`;
      return [`off site: ${name}${where}: ${state ?? 'unknown'}, ${holds}${waiting}, ${last}${loss}`];
    },
  );
}

type Incident = StatusReport['incidents'][number];

function openIncidents(report: StatusReport, now: number): string[] {
  return report.incidents
    .filter(({ resolvedAt }) => resolvedAt === undefined)
    .map(
      (incident) =>
        `incident: ${printable(incident.title)}, ${incident.state}, ` +
        `open since ${localTime(incident.openedAt)} (${ago(incident.openedAt, now)})${expectation(incident)}`,
    );
}

/** As the page says it: a time of day only once a restore has begun. */
function expectation({ estimate }: Incident): string {
  if (estimate === undefined) return '';
  const back =
    estimate.expectedBackAt === undefined
      ? `back ${estimate.seconds < 1 ? 'within 1 s' : `about ${duration(estimate.seconds)}`} after the restore begins`
      : `expected back ${localTime(estimate.expectedBackAt)}`;
  return `, ${back} (${printable(estimate.basis)})`;
}

function filledTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string[] {
  return rows.length === 0 ? [] : table(columns, rows);
}

function serviceLines(service: ServiceReport, now: number): string[] {
  const uptime =
    service.uptime === undefined ? '' : `, ${(service.uptime * 100).toFixed(2)}% of the observed time up`;
  return [
    `${printable(service.name)} (${service.criticality}): ${service.state}${service.changedUnusually === true ? ' (it answers; its data changed in an unusual way)' : ''}${uptime}`,
    ...filledTable<SourceReport>(
      [
        { title: 'Source', cell: ({ name }) => printable(name) },
        { title: 'Kind', cell: ({ kind }) => kind },
        { title: 'State', cell: ({ state }) => state },
        {
          title: 'Last backup',
          cell: ({ lastBackup }) =>
            lastBackup === undefined ? 'none yet' : ago(lastBackup.recoveryPointAt, now),
        },
        {
          title: 'Size',
          cell: ({ lastBackup }) => (lastBackup === undefined ? '' : bytes(lastBackup.bytesRead)),
          align: 'right',
        },
        { title: 'Every', cell: ({ schedule }) => schedule?.replace(/^every /, '') ?? 'on demand' },
        { title: 'Next', cell: ({ nextDueAt }) => (nextDueAt === undefined ? '' : localTime(nextDueAt)) },
      ],
      service.sources,
    ),
    ...service.sources.flatMap((source) => heldLines(source, now)),
    ...promiseTable(service.promises),
  ];
}

const promiseTable = (promises: readonly PromiseReport[]): string[] =>
  filledTable<PromiseReport>(
    [
      { title: 'Promise', cell: ({ sentence }) => printable(sentence) },
      { title: 'State', cell: ({ state }) => (state === 'broken' ? 'BROKEN' : state) },
      { title: 'Evidence', cell: ({ evidence }) => printable(evidence.text) },
    ],
    promises,
  );

/** Retention never forces: the operator looks, and says it on the command line when it is meant. */
function heldLines({ name, heldHistory: held }: SourceReport, now: number): string[] {
  if (held === undefined) return [];
  const why = held.reasons.map(({ sentence }) => sentence).join('; ');
  return [
    `warning: ${printable(name)}: ${ago(held.at, now)} retention would have forgotten ${held.snapshots} of ${plural(held.of, 'snapshot')} and forgot none: ${why} (octobox forget --dry-run shows more)`,
  ];
}

/** What keeps this report from being good, in words; undefined when all of it is. Unknown is not good. */
export function complaint(report: StatusReport): string | undefined {
  const { broken, unknown } = report.promises;
  const outages = report.services.filter(({ state }) => state === 'outage').length;
  const parts = [
    ...(report.watching.alive ? [] : ['nobody is watching']),
    ...(broken > 0 ? [`${plural(broken, 'promise')} broken`] : []),
    ...(unknown > 0 ? [`${plural(unknown, 'promise')} unknown`] : []),
    ...(outages > 0 ? [`${plural(outages, 'service')} down`] : []),
    ...(report.incidents.some(({ resolvedAt }) => resolvedAt === undefined) ? ['an incident is open'] : []),
    ...kitComplaints(report),
  ];
  return parts.length === 0 ? undefined : parts.join(', ');
}
