import { type Config, parseDuration, type Service } from '@octobox/server';
import { duration } from '../output/quantities.ts';
import { printable } from '../output/snapshot-table.ts';
import { table } from '../output/table.ts';
import type { Enrolled } from './enrol.ts';
import type { Examined } from './preflight.ts';
import { changedWords } from './source-changes.ts';

export interface ProtectReport {
  readonly services: readonly Service[];
  readonly examined: readonly Examined[];
  readonly enrolled: readonly Enrolled[];
  /** Whether the repository was made just now. */
  readonly created: boolean;
  readonly config: Config;
}

/** The services that the sources belong to. */
const concerned = ({ services, enrolled }: ProtectReport): Service[] =>
  services.filter(({ id }) => enrolled.some(({ source }) => source.serviceId === id));

export const protectedJson = (report: ProtectReport): object => ({
  message_type: 'protected',
  services: concerned(report).map((service) => ({
    name: service.name,
    slug: service.slug,
    criticality: service.criticality,
    rpo_seconds: service.rpoSeconds,
    rto_seconds: service.rtoSeconds,
  })),
  sources: report.enrolled.map(({ source, changed }, at) => ({
    name: source.name,
    kind: source.kind,
    location: source.location,
    schedule: source.schedule,
    drill_schedule: source.drillSchedule,
    rpo_seconds: source.rpoSeconds,
    new: changed === undefined,
    changes: changed,
    description: report.examined[at]?.preflight.description,
    warnings: report.examined[at]?.preflight.warnings,
  })),
  repository: {
    location: report.config.repository.location,
    password_file: report.config.repository.passwordFile,
    layer_keys: report.config.repository.layerKeys,
    created: report.created,
  },
  data_folder: report.config.dataFolder,
});

/** What was set up, where the password lies, and what to do next. */
export function protectedLines(report: ProtectReport): string[] {
  const { examined, enrolled, created, config } = report;
  const sources = table(
    [
      { title: 'Source', cell: ({ source }) => printable(source.name) },
      { title: 'What', cell: (_, at) => printable(examined[at]?.preflight.description ?? '') },
      { title: 'Backed up', cell: ({ source }) => source.schedule ?? 'on demand' },
      { title: 'Rehearsed', cell: ({ source }) => source.drillSchedule ?? 'on demand' },
      { title: 'May lose', cell: ({ source }) => duration(source.rpoSeconds) },
      {
        title: '',
        cell: ({ changed }) => (changed === undefined ? '' : 'was protected already'),
        optional: true,
      },
    ],
    enrolled,
  );
  const changes = enrolled.flatMap(({ source, changed }) =>
    changed === undefined ? [] : [`${printable(source.name)}: ${changedWords(changed)}`],
  );
  const tooSeldom = enrolled.flatMap(({ source }) => {
    const interval = parseDuration(source.schedule?.replace(/^every /, '') ?? '');
    return interval === undefined || interval <= source.rpoSeconds
      ? []
      : [
          `warning: ${printable(source.name)}: backed up every ${duration(interval)}, and at most ${duration(source.rpoSeconds)} may be lost`,
        ];
  });
  const warnings = examined.flatMap(({ request, preflight }) =>
    preflight.warnings.map((warning) => `warning: ${printable(request.parsed.name)}: ${printable(warning)}`),
  );
  const { location, passwordFile, layers, layerKeys } = config.repository;
  return [
    ...concerned(report).map(
      ({ name, criticality, rtoSeconds, rpoSeconds }) =>
        `service ${printable(name)} (${criticality}): back within ${duration(rtoSeconds)}, at most ${duration(rpoSeconds)} lost`,
    ),
    ...sources,
    ...changes,
    ...warnings,
    ...tooSeldom,
    `repository  ${location}${created ? ' (made just now)' : ''}`,
    `password    ${passwordFile}`,
    ...(created
      ? ['            Copy it to a safe place now: without it no backup can ever be read again.']
      : []),
    ...(created && layers === 'all'
      ? [
          `layer keys  ${layerKeys}`,
          '            Copy crypt-key to another safe place; move recovery-identity off line, to the recovery officer.',
        ]
      : []),
    '',
    'Next:',
    '  octobox serve     take the first backups, rehearse them, then run the schedules and the page; keep it running',
    '  octobox backup    or take the first backups by hand',
    '  octobox drill     and rehearse them',
  ];
}
