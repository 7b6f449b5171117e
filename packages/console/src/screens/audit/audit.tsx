import { Anchor, Group, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { pages } from '../../api/queries.ts';
import { Empty } from '../../parts/notices/empty.tsx';
import { Page } from '../../parts/page/page.tsx';
import { Paged } from '../../parts/table/paged.tsx';
import { AuditTable } from './audit-table.tsx';

/** Every change and every sign-in, the newest first; searched, and taken along. */
export function Audit() {
  const [search, setSearch] = useState('');
  const [looked] = useDebouncedValue(search.trim(), 300);
  const entries = useInfiniteQuery(
    pages('listAuditEntries', { query: { limit: 50, search: looked || undefined } }),
  );
  return (
    <Page
      title="Audit log"
      lead="Who did what, when and from where. Entries are appended, and never changed."
      actions={
        <Group gap="md">
          <Anchor href="/audit.csv" download>
            All as CSV
          </Anchor>
          <Anchor href="/audit.json" download>
            All as JSON
          </Anchor>
        </Group>
      }
    >
      <TextInput
        label="Search"
        description="In what was done, who did it, to what and from where"
        value={search}
        onChange={({ currentTarget }) => setSearch(currentTarget.value)}
        maxLength={200}
        maw={420}
      />
      <Paged
        query={entries}
        empty={<Empty title="No entry is like that">Look for less of it, or for another word.</Empty>}
      >
        {(items) => <AuditTable entries={items} />}
      </Paged>
    </Page>
  );
}
