import { Button, Group } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useMay } from '../../api/caller.ts';
import { every } from '../../api/every.ts';
import type { Service as ServiceThing } from '../../api/operations.ts';
import { pages, query, thing } from '../../api/queries.ts';
import { Empty } from '../../parts/notices/empty.tsx';
import { Facts } from '../../parts/page/facts.tsx';
import { Icon } from '../../parts/page/icon.tsx';
import { TextLink } from '../../parts/page/link.tsx';
import { Loaded } from '../../parts/page/loaded.tsx';
import { Page } from '../../parts/page/page.tsx';
import { Section } from '../../parts/page/section.tsx';
import { PromiseList } from '../../parts/records/promise-list.tsx';
import { StateBadge } from '../../parts/records/state-badge.tsx';
import { DataTable } from '../../parts/table/data-table.tsx';
import { Paged } from '../../parts/table/paged.tsx';
import { Moment } from '../../parts/words/moment.tsx';
import { durationWords } from '../../parts/words/time-words.ts';
import { AddSource } from './add-source.tsx';
import { ChangeService } from './change-service.tsx';
import { RemoveService } from './remove-service.tsx';

/** One service: its sources, its promises, and what is promised of it. */
export function Service() {
  const { service: id } = useParams({ from: '/services/$service' });
  const service = useQuery(thing('getService', { params: { id } }));
  return (
    <Loaded query={service}>
      {({ data, etag }) => <Known service={data} etag={etag} refetch={() => void service.refetch()} />}
    </Loaded>
  );
}

function Known({
  service,
  etag,
  refetch,
}: {
  readonly service: ServiceThing;
  readonly etag: string | undefined;
  readonly refetch: () => void;
}) {
  const may = useMay();
  const sources = useInfiniteQuery({
    ...pages('listSources', { query: { service: service.id } }),
    enabled: may('sources.read'),
  });
  const status = useQuery({ ...query('getStatus', {}), refetchInterval: every(15_000) });
  const report = status.data?.services.find(({ slug }) => slug === service.slug);
  const [adding, add] = useDisclosure(false);
  const [changing, change] = useDisclosure(false);
  const [removing, remove] = useDisclosure(false);
  const sourceReport = (name: string) => report?.sources.find((source) => source.name === name);
  return (
    <Page
      title={service.name}
      lead={<StateBadge state={report?.state ?? 'unknown'} />}
      actions={
        may('services.change') ? (
          <Group gap="xs">
            <Button variant="default" onClick={change.open}>
              Change
            </Button>
            <Button variant="default" onClick={remove.open}>
              Remove
            </Button>
          </Group>
        ) : null
      }
    >
      <Facts
        facts={[
          ['Criticality', service.criticality],
          ['At most lost (RPO)', durationWords(service.rpoSeconds)],
          ['Back within (RTO)', durationWords(service.rtoSeconds)],
          ['Rehearsed every', durationWords(service.rehearseSeconds)],
          ['Short name', service.slug],
          ['Added', <Moment key="added" at={service.createdAt} />],
        ]}
      />
      {may('sources.read') ? (
        <Section
          title="Sources"
          actions={
            may('sources.change') ? (
              <Button size="sm" onClick={add.open} leftSection={<Icon name="plus" />}>
                Add a source
              </Button>
            ) : null
          }
        >
          <Paged
            query={sources}
            empty={
              <Empty title="Nothing of this service is protected yet">
                A source is a folder, a SQLite file or a PostgreSQL database that the service cannot be
                without. It is looked at before it is taken, then backed up by its schedule and rehearsed.
              </Empty>
            }
          >
            {(items) => (
              <DataTable
                caption="Sources"
                rows={items}
                keyOf={(source) => source.id}
                columns={[
                  {
                    name: 'Source',
                    cell: (source) => (
                      <TextLink to="/sources/$source" params={{ source: source.id }}>
                        {source.name}
                      </TextLink>
                    ),
                  },
                  {
                    name: 'State',
                    cell: ({ name }) => <StateBadge state={sourceReport(name)?.state ?? 'unknown'} />,
                  },
                  { name: 'Kind', cell: ({ kind }) => kind },
                  { name: 'Location', cell: ({ location }) => <span className="breakable">{location}</span> },
                  { name: 'Backed up', cell: ({ schedule }) => schedule ?? 'on demand' },
                  {
                    name: 'Last backup',
                    cell: ({ name }) => {
                      const at = sourceReport(name)?.lastBackup?.recoveryPointAt;
                      return at === undefined ? 'never' : <Moment at={at} />;
                    },
                  },
                ]}
              />
            )}
          </Paged>
        </Section>
      ) : null}
      {report === undefined ? null : (
        <Section title="Promises">
          <PromiseList promises={report.promises} />
        </Section>
      )}
      <AddSource service={service} opened={adding} close={add.close} />
      <ChangeService service={service} etag={etag} refetch={refetch} opened={changing} close={change.close} />
      <RemoveService service={service} etag={etag} refetch={refetch} opened={removing} close={remove.close} />
    </Page>
  );
}
