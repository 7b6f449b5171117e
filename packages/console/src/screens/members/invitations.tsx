import { Button } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useMay } from '../../api/caller.ts';
import { useChange } from '../../api/changes.ts';
import type { Invitation } from '../../api/operations.ts';
import { pages } from '../../api/queries.ts';
import { type Role, roleName } from '../../api/roles.ts';
import { PlanDialog } from '../../parts/dialog/plan-dialog.tsx';
import { Empty } from '../../parts/notices/empty.tsx';
import { tell } from '../../parts/notices/told.tsx';
import { DataTable } from '../../parts/table/data-table.tsx';
import { Paged } from '../../parts/table/paged.tsx';
import { Moment } from '../../parts/words/moment.tsx';

/** Who was invited and has not come yet; an invitation that was a mistake is withdrawn. */
export function Invitations() {
  const may = useMay();
  const [ending, setEnding] = useState<Invitation>();
  const invitations = useInfiniteQuery(pages('listInvitations', { query: { limit: 100 } }));
  const withdrawing = useChange('withdrawInvitation', {
    touches: ['listInvitations'],
    done: () => {
      setEnding(undefined);
      tell('The invitation is withdrawn.');
    },
  });
  return (
    <>
      <Paged
        query={invitations}
        empty={
          <Empty title="Nobody is invited">
            An owner invites by address and role; the link that comes by mail is good once.
          </Empty>
        }
      >
        {(items) => (
          <DataTable
            caption="Open invitations"
            rows={items}
            keyOf={({ id }) => id}
            columns={[
              { name: 'Address', cell: ({ email }) => <span className="breakable">{email}</span> },
              { name: 'Role', cell: ({ role }) => roleName(role as Role) ?? role },
              { name: 'Good until', cell: ({ expiresAt }) => <Moment at={expiresAt} /> },
              {
                name: 'End it',
                cell: (invitation) =>
                  may('invitations.withdraw') ? (
                    <Button size="compact-sm" variant="default" onClick={() => setEnding(invitation)}>
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
        title={`Withdraw the invitation of ${ending?.email ?? ''}`}
        steps={[
          { what: 'removed', text: 'The link that was sent: it is good no more' },
          { what: 'stays', text: 'That it was made and withdrawn, in the audit log' },
        ]}
        confirm="Withdraw it"
        dangerous
        busy={withdrawing.isPending}
        error={withdrawing.error}
        carryOut={() => ending && withdrawing.mutate({ params: { id: ending.id } })}
      />
    </>
  );
}
