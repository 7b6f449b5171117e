import type { PromiseReport, Status, UnsettledChange } from '../../api/operations.ts';
import { namesWords } from '../../parts/words/names-words.ts';

export interface Finding {
  readonly key: string;
  readonly severity: 'bad' | 'warn';
  /** What it is about, in a word: "Incident", "Backup". */
  readonly about: string;
  readonly title: string;
  readonly sentence: PromiseReport['evidence']['sentence'];
  /** The screen where something can be done about it. */
  readonly link?: FindingLink;
}

export type FindingLink =
  | { readonly to: '/incidents/$incident'; readonly params: { readonly incident: string } }
  | { readonly to: '/services/$service'; readonly params: { readonly service: string } }
  | { readonly to: '/runs/$run'; readonly params: { readonly run: string } }
  | { readonly to: '/drills/$drill'; readonly params: { readonly drill: string } }
  | { readonly to: '/repositories' }
  | { readonly to: '/sources/$source'; readonly params: { readonly source: string } }
  | { readonly to: '/promises' };

const toService = (slug: string): FindingLink => ({ to: '/services/$service', params: { service: slug } });

const abouts: Readonly<Record<string, string>> = {
  'backup-fresh': 'Backup',
  'restore-rehearsed': 'Drill',
  'recovery-within-target': 'Recovery time',
  'off-site-copy': 'Copy off site',
  'recovery-kit': 'Recovery kits',
  'opened-by-leave': 'Vault',
  'audit-log-kept': 'Audit log',
  'accounts-unaltered': 'Accounts',
};

/** What of the report asks for somebody, the worst first. Silence of the platform itself comes before all. */
export function findingsOf(report: Status, changes: readonly Finding[] = []): Finding[] {
  const found = [
    ...(report.watching.alive ? [] : [silence(report)]),
    ...changes,
    ...report.incidents.filter(({ resolvedAt }) => resolvedAt === undefined).map(incident),
    ...report.services.filter(({ sources }) => sources.length === 0).map(bare),
    ...report.services.flatMap((service) => [
      ...service.sources.filter(({ state }) => isTrouble(state)).map((source) => trouble(service, source)),
      ...service.sources
        .filter(({ heldHistory }) => heldHistory !== undefined)
        .map((source) => held(service, source)),
    ]),
    ...unkeptPromises(report),
    ...report.general
      .filter(({ state }) => isUnkept(state))
      .map((promise) => unkept(promise.kind, promise, ['all'], { to: '/promises' })),
    ...report.repositories.filter(({ state }) => isTrouble(state)).map(repository),
    ...report.repositories.filter(({ held = 0 }) => held > 0).map(heldLoss),
  ];
  return found.sort((a, b) => weights[a.severity] - weights[b.severity]);
}

type Service = Status['services'][number];
type Source = Service['sources'][number];

const weights = { bad: 0, warn: 1 };
const isUnkept = (state: string): boolean => state === 'broken' || state === 'at-risk';
const isTrouble = (state: string | undefined): boolean =>
  state === 'unreachable' || state === 'damaged' || state === 'behind' || state === 'failing';
const at = (instant: string | undefined) => (instant === undefined ? 'never' : { at: instant });

const silence = ({ watching }: Status): Finding => ({
  key: 'silence',
  severity: 'bad',
  about: 'Octobox',
  title: 'Nobody watches: no worker gives a sign of life',
  sentence: [
    'Last sign ',
    at(watching.lastSignAt),
    '. Until it comes back nothing else on this page is certain.',
  ],
});

const incident = (one: Status['incidents'][number]): Finding => ({
  key: `incident ${one.id}`,
  severity: one.impact === 'outage' ? 'bad' : 'warn',
  about: 'Incident',
  title: one.title,
  link: { to: '/incidents/$incident', params: { incident: String(one.id) } },
  sentence: ['Open since ', at(one.openedAt), ...(one.updates[0] ? [`: ${one.updates[0].text}`] : [])],
});

const bare = ({ name, slug }: Service): Finding => ({
  key: `bare ${slug}`,
  severity: 'warn',
  about: 'Service',
  title: `${name}: nothing of it is protected`,
  link: toService(slug),
  sentence: ['It has no source: add what it cannot be without, or remove it'],
});

const trouble = (service: Service, source: Source): Finding => ({
  key: `source ${service.slug} ${source.name}`,
  severity: 'bad',
  about: 'Source',
  title: `${service.name}: ${source.name} is ${source.state}`,
  link: toService(service.slug),
  sentence: ['Looked at ', at(source.checkedAt)],
});

/** Those of several services with one and the same evidence are one finding: what is missing is missing once. */
function unkeptPromises({ services }: Status): Finding[] {
  const groups = new Map<string, { promise: PromiseReport; names: string[]; slug: string }>();
  for (const { name, slug, promises } of services) {
    for (const promise of promises.filter(({ state }) => isUnkept(state))) {
      const key = JSON.stringify([promise.kind, promise.state, promise.evidence.sentence]);
      const group = groups.get(key) ?? { promise, names: [], slug };
      group.names.push(name);
      groups.set(key, group);
    }
  }
  return [...groups].map(([key, { promise, names, slug }]) =>
    unkept(key, promise, names, names.length === 1 ? toService(slug) : { to: '/promises' }),
  );
}

function unkept(
  key: string,
  { kind, sentence, state, evidence }: PromiseReport,
  names: string[],
  link: FindingLink,
): Finding {
  const how = state === 'broken' ? 'Broken' : 'At risk';
  const about = abouts[kind] ?? 'Promise';
  return {
    key,
    severity: state === 'broken' ? 'bad' : 'warn',
    about,
    link,
    title:
      names.length === 1
        ? `${how}: ${sentence}`
        : `${how}: ${about.toLowerCase()} of ${names.length} services`,
    sentence: [...evidence.sentence, ...(names.length === 1 ? [] : [`. It is about ${namesWords(names)}.`])],
  };
}

const held = (service: Service, { name, heldHistory }: Source): Finding => ({
  key: `held ${service.slug} ${name}`,
  severity: 'warn',
  about: 'Retention',
  title: `${service.name}: snapshots of ${name} are held`,
  link: toService(service.slug),
  sentence: heldHistory?.reasons.map(({ sentence }) => sentence) ?? [],
});

const repository = (one: Status['repositories'][number]): Finding => ({
  key: `repository ${one.name ?? ''}`,
  severity: one.state === 'failing' ? 'bad' : 'warn',
  about: 'Repository',
  title: `${one.place ?? one.name ?? 'Off site'} is ${one.state === 'failing' ? 'failing' : 'behind'}`,
  link: { to: '/repositories' },
  sentence: ['Everything is there up to ', at(one.upTo)],
});

const heldLoss = ({ name = '', held }: Status['repositories'][number]): Finding => ({
  key: `held loss ${name}`,
  severity: 'warn',
  about: 'Repository',
  title: `A loss is held at ${name}`,
  link: { to: '/repositories' },
  sentence: [
    `${held} files of the repository went missing under suspicious circumstances, and stay there until somebody says that they were meant to go`,
  ],
});

/** What somebody must say: whether it was meant. */
export const unsettled = ({ id, sourceId, startedAt, findings }: UnsettledChange, name: string): Finding => ({
  key: `unsettled ${id}`,
  severity: 'bad',
  about: 'Source',
  title: findings.every(({ kind }) => kind === 'suspicious')
    ? `A backup of ${name} looks suspicious: was it meant?`
    : `Something is missing from ${name}: was it meant?`,
  link: { to: '/sources/$source', params: { source: sourceId } },
  sentence: ['Seen ', at(startedAt), ...(findings[0] === undefined ? [] : [`: ${findings[0].summary}`])],
});
