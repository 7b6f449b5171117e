import { Button } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useMay } from '../../api/caller.ts';
import { pages } from '../../api/queries.ts';
import { type Role, roleName } from '../../api/roles.ts';
import { useServices } from '../../api/service-names.ts';
import { Page } from '../../parts/page/page.tsx';
import { Section } from '../../parts/page/section.tsx';
import { DataTable } from '../../parts/table/data-table.tsx';
import { Paged } from '../../parts/table/paged.tsx';
import { Moment } from '../../parts/words/moment.tsx';
import { Invitations } from './invitations.tsx';

/** Who belongs to the organisation in which role, and who was invited. Inviting and changing roles is a page of the server. */
export function Members() {
  const may = useMay();
  const services = useServices();
  const members = useInfiniteQuery(pages('listMembers', { query: { limit: 100 } }));
  return (
    <Page
      title="Members"
      lead="Who may do what here: each member has one role."
      actions={
        may('members.change') ? (
          <Button component="a" href="/members">
            Invite, change, remove
          </Button>
        ) : undefined
      }
    >
      <Paged query={members} empty={null}>
        {(items) => (
          <DataTable
            caption="Members"
            rows={items}
            keyOf={({ id }) => id}
            columns={[
              { name: 'Name', cell: ({ name }) => <span className="breakable">{name}</span> },
              { name: 'Address', cell: ({ email }) => <span className="breakable">{email}</span> },
              { name: 'Role', cell: ({ role }) => roleName(role as Role) ?? role },
              {
                name: 'Limits',
                cell: ({ until, serviceIds }) => {
                  const named = services.filter(({ id }) => serviceIds.includes(id)).map(({ name }) => name);
                  if (until === undefined && named.length === 0) return '–';
                  return (
                    <span>
                      {named.join(', ')}
                      {until === undefined ? null : (
                        <>
                          {' '}
                          until <Moment at={until} />
                        </>
                      )}
                    </span>
                  );
                },
              },
              { name: 'Second factor', cell: ({ hasSecondFactor }) => (hasSecondFactor ? 'yes' : 'no') },
            ]}
          />
        )}
      </Paged>
      <Section title="Open invitations">
        <Invitations />
      </Section>
    </Page>
  );
}
