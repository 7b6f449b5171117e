import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useMay } from '../../api/caller.ts';
import { every } from '../../api/every.ts';
import { pages } from '../../api/queries.ts';
import { Empty } from '../../parts/notices/empty.tsx';
import { Icon } from '../../parts/page/icon.tsx';
import { TextLink } from '../../parts/page/link.tsx';
import { Page } from '../../parts/page/page.tsx';
import { StateBadge } from '../../parts/records/state-badge.tsx';
import { DataTable } from '../../parts/table/data-table.tsx';
import { Paged } from '../../parts/table/paged.tsx';
import { Moment } from '../../parts/words/moment.tsx';
import { OpenIncident } from './open-incident.tsx';

/** What customers were told when something was not as it should be. */
export function Incidents() {
  const may = useMay();
  const [opening, { open, close }] = useDisclosure(false);
  const incidents = useInfiniteQuery({
    ...pages('listIncidents', { query: { limit: 50 } }),
    refetchInterval: every(15_000),
  });
  return (
    <Page
      title="Incidents"
      lead="What customers read on the public page when something is not as it should be."
      actions={
        may('incidents.change') ? (
          <Button onClick={open} leftSection={<Icon name="plus" />}>
            Open an incident
          </Button>
        ) : null
      }
    >
      <Paged
        query={incidents}
        empty={
          <Empty title="There was none yet">
            A source that cannot be reached, or that lost data, opens one by itself, with an estimate from the
            last drills. Others are opened by people, and told about until they are resolved.
          </Empty>
        }
      >
        {(items) => (
          <DataTable
            caption="Incidents, the newest first"
            rows={items}
            keyOf={({ id }) => id}
            columns={[
              {
                name: 'Incident',
                cell: ({ id, title }) => (
                  <TextLink to="/incidents/$incident" params={{ incident: String(id) }}>
                    {title}
                  </TextLink>
                ),
              },
              { name: 'State', cell: ({ state }) => <StateBadge state={state} /> },
              { name: 'Impact', cell: ({ impact }) => <StateBadge state={impact} /> },
              { name: 'Opened', cell: ({ openedAt }) => <Moment at={openedAt} /> },
              { name: 'By', cell: ({ openedBy }) => openedBy },
              {
                name: 'Resolved',
                cell: ({ resolvedAt }) => (resolvedAt === undefined ? '' : <Moment at={resolvedAt} />),
              },
            ]}
          />
        )}
      </Paged>
      <OpenIncident opened={opening} close={close} />
    </Page>
  );
}
