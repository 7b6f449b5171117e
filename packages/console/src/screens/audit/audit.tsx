import { Anchor, Group } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useMay } from '../../api/caller.ts';
import { pages } from '../../api/queries.ts';
import { Empty } from '../../parts/notices/empty.tsx';
import { Page } from '../../parts/page/page.tsx';
import { Paged } from '../../parts/table/paged.tsx';
import { AuditTable } from './audit-table.tsx';
import type { AuditFilter } from './filter.ts';
import { FilterFields } from './filter-fields.tsx';

const route = getRouteApi('/audit');

/** Every change and every sign-in, the newest first; searched, and taken along as it is shown. */
export function Audit() {
  const filter = route.useSearch();
  const entries = useInfiniteQuery(pages('listAuditEntries', { query: { limit: 50, ...filter } }));
  const mayRead = useMay()('audit.read');
  return (
    <Page
      title="Audit log"
      lead="Who did what, when and from where. Entries are appended, and never changed."
      actions={mayRead ? <Exports filter={filter} /> : undefined}
    >
      {mayRead ? <FilterFields filter={filter} /> : null}
      <Paged
        query={entries}
        empty={<Empty title="No entry is like that">Look for less of it, or for another word.</Empty>}
      >
        {(items) => <AuditTable entries={items} />}
      </Paged>
    </Page>
  );
}

function Exports({ filter }: { readonly filter: AuditFilter }) {
  const query = new URLSearchParams(filter).toString();
  const [which, behind] = query === '' ? ['All', ''] : ['These', `?${query}`];
  return (
    <Group gap="md">
      <Anchor href={`/audit.csv${behind}`} download>
        {which} as CSV
      </Anchor>
      <Anchor href={`/audit.json${behind}`} download>
        {which} as JSON
      </Anchor>
    </Group>
  );
}
