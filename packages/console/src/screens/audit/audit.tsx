import { Anchor, Group, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { pages } from '../../api/queries.ts';
import { Empty } from '../../parts/notices/empty.tsx';
import { Page } from '../../parts/page/page.tsx';
import { Paged } from '../../parts/table/paged.tsx';
import { AuditTable } from './audit-table.tsx';

const nothing = { search: '', person: '', kind: '', object: '', from: '', to: '' };

const fields = [
  ['search', 'Search', 'text', 'In all of an entry'],
  ['person', 'Who', 'text', 'A part of the name'],
  ['kind', 'What was done', 'text', 'Its beginning, such as member'],
  ['object', 'To what', 'text', 'Such as service, or an id'],
  ['from', 'From', 'date', 'By UTC'],
  ['to', 'To', 'date', 'By UTC'],
] as const;

/** Every change and every sign-in, the newest first; searched, and taken along as it is shown. */
export function Audit() {
  const [typed, setTyped] = useState(nothing);
  const [looked] = useDebouncedValue(typed, 300);
  const given = Object.entries(looked).filter(([, text]) => text.trim() !== '');
  const filter = Object.fromEntries(given.map(([name, text]) => [name, text.trim()]));
  const entries = useInfiniteQuery(pages('listAuditEntries', { query: { limit: 50, ...filter } }));
  const which = given.length === 0 ? 'All' : 'These';
  const query = given.length === 0 ? '' : `?${new URLSearchParams(filter)}`;
  return (
    <Page
      title="Audit log"
      lead="Who did what, when and from where. Entries are appended, and never changed."
      actions={
        <Group gap="md">
          <Anchor href={`/audit.csv${query}`} download>
            {which} as CSV
          </Anchor>
          <Anchor href={`/audit.json${query}`} download>
            {which} as JSON
          </Anchor>
        </Group>
      }
    >
      <Group gap="md" align="flex-end">
        {fields.map(([name, label, type, description]) => (
          <TextInput
            key={name}
            type={type}
            label={label}
            description={description}
            value={typed[name]}
            onChange={({ currentTarget }) => setTyped({ ...typed, [name]: currentTarget.value })}
            maxLength={200}
            w={{ base: 'calc(50% - 8px)', xs: 190 }}
          />
        ))}
      </Group>
      <Paged
        query={entries}
        empty={<Empty title="No entry is like that">Look for less of it, or for another word.</Empty>}
      >
        {(items) => <AuditTable entries={items} />}
      </Paged>
    </Page>
  );
}
