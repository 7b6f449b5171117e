import { Button, Group, SegmentedControl, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useCaller, useMay } from '../../api/caller.ts';
import { pages } from '../../api/queries.ts';
import { useServices } from '../../api/service-names.ts';
import { Empty } from '../../parts/notices/empty.tsx';
import { TextLink } from '../../parts/page/link.tsx';
import { Page } from '../../parts/page/page.tsx';
import { Section } from '../../parts/page/section.tsx';
import { DataTable } from '../../parts/table/data-table.tsx';
import { Paged } from '../../parts/table/paged.tsx';
import { Moment } from '../../parts/words/moment.tsx';
import { kindWords, personName } from '../../parts/words/vault-words.ts';
import { AddEntry } from './add-entry.tsx';
import { OwnGrants } from './own-grants.tsx';
import { OwnOpenings } from './own-openings.tsx';
import { VaultEvidence } from './vault-evidence.tsx';

/** What members keep in the vault, what was shared with who looks, and who opened what. */
export function Vault() {
  const may = useMay();
  const role = useCaller()?.role;
  const [adding, setAdding] = useState(false);
  const [whose, setWhose] = useState('all');
  const [search, setSearch] = useState('');
  const [looked] = useDebouncedValue(search.trim(), 300);
  const services = useServices();
  const entries = useInfiniteQuery(
    pages('listVaultEntries', {
      query: { limit: 50, owner: whose === 'mine' ? 'me' : undefined, search: looked || undefined },
    }),
  );
  return (
    <Page
      title="Vault"
      lead="Passwords and keys that members keep for the company and its customers. Nobody reads one but its owner, and whom the owner shared it with."
      actions={may('vault.keep') ? <Button onClick={() => setAdding(true)}>Keep a secret</Button> : undefined}
    >
      {/* It is about the whole vault: nothing for who sees some services alone. */}
      {role === undefined || role === 'outside-administrator' ? null : <VaultEvidence />}
      <OwnGrants />
      <Section title="Entries">
        <Group align="flex-end">
          <SegmentedControl
            aria-label="Whose entries are shown"
            value={whose}
            onChange={setWhose}
            data={[
              { value: 'all', label: 'All' },
              { value: 'mine', label: 'Mine' },
            ]}
          />
          <TextInput
            label="Search"
            placeholder="Name, login or customer"
            value={search}
            onChange={({ currentTarget }) => setSearch(currentTarget.value)}
            maxLength={200}
          />
        </Group>
        <Paged
          query={entries}
          empty={
            looked !== '' || whose === 'mine' ? (
              <Empty title="No entry is like that">Look among all, or for less of the name.</Empty>
            ) : (
              <Empty title="Nothing is kept yet">
                Keep the password of a customer’s e-mail account, or a key, under a name. It is sealed before
                it reaches the database; you share it with one person, for a reason and a time, and see each
                opening.
              </Empty>
            )
          }
        >
          {(items) => (
            <DataTable
              caption="Entries of the vault"
              rows={items}
              keyOf={({ id }) => id}
              columns={[
                {
                  name: 'Name',
                  cell: ({ id, name, login }) => (
                    <div>
                      <TextLink to="/vault/$entry" params={{ entry: id }} className="breakable">
                        {name}
                      </TextLink>
                      {login === undefined ? null : (
                        <Text size="sm" c="dimmed" className="breakable">
                          {login}
                        </Text>
                      )}
                    </div>
                  ),
                },
                { name: 'Kind', cell: ({ kind }) => kindWords(kind) },
                {
                  name: 'For',
                  cell: ({ customer, serviceId }) =>
                    [customer, services.find(({ id }) => id === serviceId)?.name]
                      .filter(Boolean)
                      .join(', ') || '–',
                },
                { name: 'Owner', cell: ({ owner }) => personName(owner) },
                { name: 'Sealed', cell: ({ sealedAt }) => <Moment at={sealedAt} /> },
              ]}
            />
          )}
        </Paged>
      </Section>
      <OwnOpenings />
      <AddEntry opened={adding} close={() => setAdding(false)} />
    </Page>
  );
}
