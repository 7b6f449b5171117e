import { Alert, Box, Button, Group, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useCaller, useMay } from '../../api/caller.ts';
import type { Member } from '../../api/operations.ts';
import { pages } from '../../api/queries.ts';
import { isRole, roleName } from '../../api/roles.ts';
import { useServices } from '../../api/service-names.ts';
import { Icon } from '../../parts/page/icon.tsx';
import { Page } from '../../parts/page/page.tsx';
import { Section } from '../../parts/page/section.tsx';
import { DataTable } from '../../parts/table/data-table.tsx';
import { Paged } from '../../parts/table/paged.tsx';
import { useNow } from '../../parts/words/now.ts';
import { utcDay } from '../../parts/words/time-words.ts';
import { ChangeMember } from './change-member.tsx';
import { EndAssignment } from './end-assignment.tsx';
import { Invitations } from './invitations.tsx';
import { Invite } from './invite.tsx';
import { RemoveMember } from './remove-member.tsx';
import { type LinkToShow, linkOf, ShownLink } from './shown-link.tsx';

type Act = { readonly what: 'change' | 'end' | 'remove'; readonly member: Member };

/** Who belongs to the organisation in which role, and who was invited; all that an owner does with them. */
export function Members() {
  const may = useMay();
  const [inviting, setInviting] = useState(false);
  const [shown, setShown] = useState<LinkToShow>();
  const [acting, setActing] = useState<Act>();
  const members = useInfiniteQuery(pages('listMembers', { query: { limit: 100 } }));
  const stop = () => setActing(undefined);
  return (
    <Page
      title="Members"
      lead="Who may do what here: each member has one role."
      actions={
        may('members.change') ? (
          <Button leftSection={<Icon name="plus" />} onClick={() => setInviting(true)}>
            Invite somebody
          </Button>
        ) : undefined
      }
    >
      <Paged query={members} empty={null}>
        {(items) => (
          <>
            {items.some(({ isLastOwner }) => isLastOwner) ? (
              <Alert color="gray" icon={<Icon name="shield" />} title="There is one owner">
                The last owner can neither be removed nor get another role: somebody has to be able to do
                everything. Invite a second one, so that a lost password is no disaster.
              </Alert>
            ) : null}
            <MemberTable members={items} act={setActing} />
          </>
        )}
      </Paged>
      <Section title="Open invitations">
        <Invitations show={setShown} />
      </Section>
      <Invite opened={inviting} close={() => setInviting(false)} made={(made) => setShown(linkOf(made))} />
      {shown === undefined ? null : <ShownLink {...shown} away={() => setShown(undefined)} />}
      {acting?.what === 'change' ? <ChangeMember member={acting.member} close={stop} /> : null}
      {acting?.what === 'end' ? <EndAssignment member={acting.member} close={stop} /> : null}
      {acting?.what === 'remove' ? <RemoveMember member={acting.member} close={stop} /> : null}
    </Page>
  );
}

const whatOf = ({ until }: Member) => (until === undefined ? 'Role' : 'Assignment');

function MemberTable({ members, act }: { members: readonly Member[]; act: (act: Act) => void }) {
  const caller = useCaller();
  const may = useMay();
  const now = useNow();
  const isOver = ({ until }: Member) => until !== undefined && Date.parse(until) <= now.getTime();
  const acts = {
    name: 'Change',
    cell: (member: Member) =>
      member.isLastOwner ? (
        <Text size="sm" c="dimmed">
          The last owner stays one
        </Text>
      ) : member.id === caller?.userId ? (
        <Text size="sm" c="dimmed">
          Another owner changes what you may
        </Text>
      ) : (
        <Group gap="xs">
          <Button
            size="compact-sm"
            variant="default"
            aria-label={`${whatOf(member)} of ${member.name}`}
            onClick={() => act({ what: 'change', member })}
          >
            {whatOf(member)}
          </Button>
          {member.until === undefined || isOver(member) ? null : (
            <Button
              size="compact-sm"
              variant="default"
              aria-label={`End now the assignment of ${member.name}`}
              onClick={() => act({ what: 'end', member })}
            >
              End now
            </Button>
          )}
          <Button
            size="compact-sm"
            variant="default"
            aria-label={`Remove ${member.name}`}
            onClick={() => act({ what: 'remove', member })}
          >
            Remove
          </Button>
        </Group>
      ),
  };
  return (
    <DataTable
      caption="Members"
      rows={members}
      keyOf={({ id }) => id}
      columns={[
        {
          name: 'Member',
          cell: ({ id, name, email }) => (
            <Box className="breakable" miw={170}>
              <Text size="sm" fw={600}>
                {name}
                {id === caller?.userId ? ' (you)' : ''}
              </Text>
              <Text size="sm" c="dimmed">
                {email}
              </Text>
            </Box>
          ),
        },
        { name: 'Role', cell: (member) => <RoleOf member={member} isOver={isOver(member)} /> },
        { name: 'Second factor', cell: ({ hasSecondFactor }) => (hasSecondFactor ? 'yes' : 'no') },
        ...(may('members.change') ? [acts] : []),
      ]}
    />
  );
}

function RoleOf({ member, isOver }: { readonly member: Member; readonly isOver: boolean }) {
  const services = useServices();
  const { role, until, serviceIds } = member;
  const named = services.filter(({ id }) => serviceIds.includes(id)).map(({ name }) => name);
  return (
    <div className="breakable">
      <Text size="sm">{isRole(role) ? roleName(role) : role}</Text>
      {until === undefined ? null : (
        <Text size="sm" c="dimmed">
          {named.length === 0 ? 'no service' : named.join(', ')}; {isOver ? 'over since' : 'until'}{' '}
          {utcDay(new Date(until))}
        </Text>
      )}
    </div>
  );
}
