import { useQuery } from '@tanstack/react-query';
import { every } from '../../api/every.ts';
import type { Source, Status } from '../../api/operations.ts';
import { query, whole } from '../../api/queries.ts';
import { Empty } from '../../parts/notices/empty.tsx';
import { TextLink } from '../../parts/page/link.tsx';
import { Loaded } from '../../parts/page/loaded.tsx';
import { Page } from '../../parts/page/page.tsx';
import { Section } from '../../parts/page/section.tsx';
import { DataTable } from '../../parts/table/data-table.tsx';
import { Moment } from '../../parts/words/moment.tsx';
import { durationWords } from '../../parts/words/time-words.ts';
import { Lapses } from './lapses.tsx';

/** When everything is backed up and rehearsed, what comes next, and what was late. */
export function Schedules() {
  const sources = useQuery(whole('listSources', {}));
  const services = useQuery(whole('listServices', {}));
  const status = useQuery({ ...query('getStatus', {}), refetchInterval: every(15_000) });
  const slugOf = (id: string) => services.data?.items.find((service) => service.id === id)?.slug;
  const reportOf: ReportOf = ({ serviceId, name }) =>
    status.data?.services
      .find(({ slug }) => slug === slugOf(serviceId))
      ?.sources.find((source) => source.name === name);
  return (
    <Page
      title="Schedules"
      lead="When each source is backed up and rehearsed. A schedule is changed on the screen of its source."
    >
      <Loaded query={sources}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title="Nothing is planned yet">
              A source with a schedule, such as “every 1h” or “0 3 * * * Europe/Berlin”, is backed up by
              itself, and late runs are noticed. Add a service first, and then its sources.
            </Empty>
          ) : (
            <DataTable
              caption="Schedules"
              rows={[...items].sort(byNext(reportOf))}
              keyOf={({ id }) => id}
              columns={[
                {
                  name: 'Source',
                  cell: ({ id, name }) => (
                    <TextLink to="/sources/$source" params={{ source: id }}>
                      {name}
                    </TextLink>
                  ),
                },
                { name: 'Backed up', cell: ({ schedule }) => schedule ?? 'on demand' },
                { name: 'Next backup', cell: (source) => momentOf(reportOf(source)?.nextDueAt) },
                { name: 'Rehearsed', cell: ({ drillSchedule }) => drillSchedule ?? 'on demand' },
                { name: 'Next rehearsal', cell: (source) => momentOf(reportOf(source)?.nextDrillAt) },
                { name: 'At most lost', cell: ({ rpoSeconds }) => durationWords(rpoSeconds) },
              ]}
            />
          )
        }
      </Loaded>
      {status.data === undefined ? null : (
        <Section title="Late and missed">
          <Lapses report={status.data} />
        </Section>
      )}
    </Page>
  );
}

type Planned = Pick<Source, 'serviceId' | 'name'>;
type ReportOf = (source: Planned) => Status['services'][number]['sources'][number] | undefined;

const momentOf = (at: string | undefined) => (at === undefined ? '' : <Moment at={at} />);

/** After every time of these millennia. */
const never = '9';

/** What comes next first, a backup or a rehearsal; what has no schedule last. */
const byNext = (reportOf: ReportOf) => {
  const next = (source: Planned): string => {
    const { nextDueAt = never, nextDrillAt = never } = reportOf(source) ?? {};
    return [nextDueAt, nextDrillAt].sort()[0] ?? never;
  };
  return (a: Planned, b: Planned): number => next(a).localeCompare(next(b)) || a.name.localeCompare(b.name);
};
