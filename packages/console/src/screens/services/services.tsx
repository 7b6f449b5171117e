import { Button, Group, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useMay } from '../../api/caller.ts';
import { pages, query } from '../../api/queries.ts';
import { Empty } from '../../parts/notices/empty.tsx';
import { Icon } from '../../parts/page/icon.tsx';
import { TextLink } from '../../parts/page/link.tsx';
import { Page } from '../../parts/page/page.tsx';
import { StateBadge } from '../../parts/records/state-badge.tsx';
import { DataTable } from '../../parts/table/data-table.tsx';
import { Paged } from '../../parts/table/paged.tsx';
import { durationWords } from '../../parts/words/time-words.ts';
import { AddService } from './add-service.tsx';

/** All services, with what is promised of each. */
export function Services() {
  const may = useMay();
  const services = useInfiniteQuery(pages('listServices', { query: {} }));
  const status = useQuery(query('getStatus', {}));
  const [adding, { open, close }] = useDisclosure(false);
  const reportOf = (slug: string) => status.data?.services.find((service) => service.slug === slug);
  return (
    <Page
      title="Services"
      lead="What your customers know by name, with its sources and what is promised of it."
      actions={
        may('services.change') ? (
          <Button onClick={open} leftSection={<Icon name="plus" />}>
            Add a service
          </Button>
        ) : null
      }
    >
      <Paged
        query={services}
        empty={
          <Empty title="There is no service yet">
            A service is what your customers know by name, such as “Webshop”. It says how much depends on it,
            how much work may be lost, and how soon it must be back. Its sources, added next, are backed up
            and rehearsed by that.
          </Empty>
        }
      >
        {(items) => (
          <DataTable
            caption="Services"
            rows={items}
            keyOf={({ id }) => id}
            columns={[
              {
                name: 'Service',
                cell: ({ id, name }) => (
                  <TextLink to="/services/$service" params={{ service: id }}>
                    {name}
                  </TextLink>
                ),
              },
              {
                name: 'State',
                cell: ({ slug }) => (
                  <Group gap="xs">
                    <StateBadge state={reportOf(slug)?.state ?? 'unknown'} />
                  </Group>
                ),
              },
              { name: 'Criticality', cell: ({ criticality }) => criticality },
              { name: 'Sources', cell: ({ slug }) => reportOf(slug)?.sources.length ?? '' },
              { name: 'At most lost', cell: ({ rpoSeconds }) => durationWords(rpoSeconds) },
              { name: 'Back within', cell: ({ rtoSeconds }) => durationWords(rtoSeconds) },
              { name: 'Rehearsed every', cell: ({ rehearseSeconds }) => durationWords(rehearseSeconds) },
            ]}
          />
        )}
      </Paged>
      {services.data?.length === 0 ? null : (
        <Text size="sm" c="dimmed">
          A service that is removed and added again by the same name has its history again.
        </Text>
      )}
      <AddService opened={adding} close={close} />
    </Page>
  );
}
