import { Button, Group, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useMay } from '../../api/caller.ts';
import { useChange } from '../../api/changes.ts';
import type { Invitation } from '../../api/operations.ts';
import { pages } from '../../api/queries.ts';
import { isRole, roleName } from '../../api/roles.ts';
import { PlanDialog } from '../../parts/dialog/plan-dialog.tsx';
import { Empty } from '../../parts/notices/empty.tsx';
import { tell } from '../../parts/notices/told.tsx';
import { DataTable } from '../../parts/table/data-table.tsx';
import { Paged } from '../../parts/table/paged.tsx';
import { Moment } from '../../parts/words/moment.tsx';
import { RenewInvitation } from './renew-invitation.tsx';
import type { LinkToShow } from './shown-link.tsx';

/** Who was invited and has not come yet: sent once more, or withdrawn when it was a mistake. */
export function Invitations({ show }: { readonly show: (link: LinkToShow) => void }) {
  const may = useMay();
  const [ending, setEnding] = useState<Invitation>();
  const [renewing, setRenewing] = useState<Invitation>();
  const invitations = useInfiniteQuery(pages('listInvitations', { query: { limit: 100 } }));
  const withdrawing = useChange('withdrawInvitation', {
    touches: ['listInvitations'],
    done: () => {
      setEnding(undefined);
      tell('The invitation is withdrawn.');
    },
  });
  const acts = {
    name: 'Change',
    cell: (invitation: Invitation) => (
      <Group gap="xs">
        {may('members.change') ? (
          <Button
            size="compact-sm"
            variant="default"
            aria-label={
              invitation.mail === undefined
                ? `New link for ${invitation.email}`
                : `Send again to ${invitation.email}`
            }
            onClick={() => setRenewing(invitation)}
          >
            {invitation.mail === undefined ? 'New link' : 'Send again'}
          </Button>
        ) : null}
        <Button
          size="compact-sm"
          variant="default"
          aria-label={`Withdraw the invitation of ${invitation.email}`}
          onClick={() => setEnding(invitation)}
        >
          Withdraw
        </Button>
      </Group>
    ),
  };
  return (
    <>
      <Paged
        query={invitations}
        empty={
          <Empty title="Nobody is invited">
            An owner invites by address and role; the link is good once, within a week.
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
              { name: 'Role', cell: ({ role }) => (isRole(role) ? roleName(role) : role) },
              { name: 'The link', cell: ({ mail }) => <MailState mail={mail} /> },
              { name: 'Good until', cell: ({ expiresAt }) => <Moment at={expiresAt} /> },
              ...(may('invitations.withdraw') ? [acts] : []),
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
      {renewing === undefined ? null : (
        <RenewInvitation invitation={renewing} show={show} close={() => setRenewing(undefined)} />
      )}
    </>
  );
}

function MailState({ mail }: { readonly mail: Invitation['mail'] }) {
  if (mail === undefined) return 'shown to who invited';
  if (mail.state === 'sent') return 'mailed';
  if (mail.failure === undefined) return 'on its way by mail';
  return (
    <Text size="sm" component="div">
      {mail.state === 'failed' ? 'The mail could not be sent: ' : 'Not sent yet: '}
      {mail.failure.message}
    </Text>
  );
}
