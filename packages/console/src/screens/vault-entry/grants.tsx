import { Button } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useCaller, useMay } from '../../api/caller.ts';
import { useChange } from '../../api/changes.ts';
import type { VaultEntry, VaultGrant } from '../../api/operations.ts';
import { pages } from '../../api/queries.ts';
import { PlanDialog } from '../../parts/dialog/plan-dialog.tsx';
import { Empty } from '../../parts/notices/empty.tsx';
import { tell } from '../../parts/notices/told.tsx';
import { Section } from '../../parts/page/section.tsx';
import { DataTable } from '../../parts/table/data-table.tsx';
import { Paged } from '../../parts/table/paged.tsx';
import { Moment } from '../../parts/words/moment.tsx';
import { personName } from '../../parts/words/vault-words.ts';

/** Why one opens, or does not any more. */
const words: Readonly<Record<VaultGrant['state'], string>> = {
  active: 'Runs',
  waiting: 'Has not begun',
  over: 'Over: its time is up',
  'used-up': 'Over: opened as often as it allowed',
  withdrawn: 'Withdrawn',
  'member-gone': 'Over: the member is gone',
  'entry-gone': 'Over: the entry is gone',
};

/** Who may open it, and who might. */
export function Grants({ entry, owned }: { readonly entry: VaultEntry; readonly owned: boolean }) {
  const may = useMay();
  const caller = useCaller();
  const [ending, setEnding] = useState<VaultGrant>();
  const grants = useInfiniteQuery(pages('listVaultGrants', { query: { entry: entry.id, limit: 20 } }));
  const withdrawing = useChange('withdrawVaultGrant', {
    touches: ['listVaultGrants'],
    done: () => {
      setEnding(undefined);
      tell('The grant is withdrawn.');
    },
  });
  const mayEnd = ({ state, person }: VaultGrant): boolean =>
    (state === 'active' || state === 'waiting') &&
    may('vault.withdraw') &&
    (owned || person.id === caller?.userId || caller?.role === 'owner');
  return (
    <Section title="Who else may open it">
      <Paged
        query={grants}
        empty={
          entry.owner.name === undefined ? (
            <Empty title="Nobody">Its owner is gone, and nobody else can share it.</Empty>
          ) : (
            <Empty title="Nobody but its owner">
              The owner can share it with one person, for a reason and a time; each opening is shown below.
            </Empty>
          )
        }
      >
        {(items) => (
          <DataTable
            caption="Grants, the newest first"
            rows={items}
            keyOf={({ id }) => id}
            columns={[
              { name: 'Who', cell: ({ person }) => personName(person) },
              { name: 'Reason', cell: ({ reason }) => <span className="breakable">{reason}</span> },
              { name: 'State', cell: ({ state }) => words[state] },
              { name: 'Until', cell: ({ endsAt }) => <Moment at={endsAt} /> },
              {
                name: 'Opened',
                numeric: true,
                cell: ({ openings, mostOpenings }) =>
                  mostOpenings === undefined ? openings : `${openings} of ${mostOpenings}`,
              },
              {
                name: 'End it',
                cell: (grant) =>
                  mayEnd(grant) ? (
                    <Button size="compact-sm" variant="default" onClick={() => setEnding(grant)}>
                      Withdraw
                    </Button>
                  ) : (
                    '–'
                  ),
              },
            ]}
          />
        )}
      </Paged>
      <PlanDialog
        opened={ending !== undefined}
        close={() => setEnding(undefined)}
        title={`Withdraw the grant of ${ending === undefined ? '' : personName(ending.person)}`}
        steps={[
          { what: 'removed', text: 'The right to open this entry, at once' },
          {
            what: 'stays',
            text: 'What was opened already is known to who opened it: give a new secret then',
          },
          { what: 'stays', text: 'The grant in this list, as withdrawn, and each opening' },
        ]}
        confirm="Withdraw it"
        dangerous
        busy={withdrawing.isPending}
        error={withdrawing.error}
        carryOut={() => ending && withdrawing.mutate({ params: { id: ending.id } })}
      />
    </Section>
  );
}
