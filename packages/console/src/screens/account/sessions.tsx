import { Badge, Button, Group } from '@mantine/core';
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ask } from '../../api/ask.ts';
import type { Session } from '../../api/operations.ts';
import { pages } from '../../api/queries.ts';
import { PlanDialog } from '../../parts/dialog/plan-dialog.tsx';
import { useAct } from '../../parts/forms/act.ts';
import { tell } from '../../parts/notices/told.tsx';
import { Section } from '../../parts/page/section.tsx';
import { DataTable } from '../../parts/table/data-table.tsx';
import { Paged } from '../../parts/table/paged.tsx';
import { Moment } from '../../parts/words/moment.tsx';

/** Where somebody is signed in as this person, each of which can be ended. */
export function Sessions() {
  const client = useQueryClient();
  const sessions = useInfiniteQuery(pages('listSessions', { query: { limit: 100 } }));
  const [ending, setEnding] = useState<Session | 'others'>();
  const { act, busy, error, reset } = useAct();
  const leave = () => {
    reset();
    setEnding(undefined);
  };
  const end = (which: Session | 'others') =>
    void act(async () => {
      if (which === 'others') await ask('endOtherSessions', {});
      else await ask('endSession', { params: { id: which.id } });
      await client.invalidateQueries({ queryKey: ['listSessions'] });
      leave();
      tell(which === 'others' ? 'You are signed in here alone.' : `${which.browser} is signed out.`);
    });
  const others = sessions.data?.some(({ isThis }) => !isThis) === true;
  return (
    <Section
      title="Where you are signed in"
      actions={
        others ? (
          <Button variant="default" onClick={() => setEnding('others')}>
            Sign out everywhere else
          </Button>
        ) : undefined
      }
    >
      <Paged query={sessions} empty={null}>
        {(items) => (
          <DataTable
            caption="Sessions"
            rows={items}
            keyOf={({ id }) => id}
            columns={[
              {
                name: 'Device',
                cell: ({ browser, isThis }) => (
                  <Group gap="xs">
                    {browser}
                    {isThis ? (
                      <Badge variant="light" size="sm">
                        here
                      </Badge>
                    ) : null}
                  </Group>
                ),
              },
              {
                name: 'From',
                cell: ({ address }) => <span className="breakable">{address ?? 'not known'}</span>,
              },
              { name: 'Since', cell: ({ begunAt }) => <Moment at={begunAt} /> },
              { name: 'Last seen', cell: ({ lastUsedAt }) => <Moment at={lastUsedAt} /> },
              {
                name: 'End it',
                cell: (session) =>
                  session.isThis ? (
                    'by signing out'
                  ) : (
                    <Button
                      size="compact-sm"
                      variant="default"
                      aria-label={`Sign out there: ${session.browser} from ${session.address ?? 'somewhere'}`}
                      onClick={() => setEnding(session)}
                    >
                      Sign out there
                    </Button>
                  ),
              },
            ]}
          />
        )}
      </Paged>
      <PlanDialog
        opened={ending !== undefined}
        close={leave}
        title={ending === 'others' ? 'Sign out everywhere else?' : 'Sign out there?'}
        steps={[
          {
            what: 'removed',
            text:
              ending === 'others'
                ? 'All sessions but this one: what is open there asks to sign in again'
                : `${ending?.browser ?? ''} from ${ending?.address ?? 'somewhere'}: what is open there asks to sign in again`,
          },
          {
            what: 'stays',
            text: 'Your password, passkeys and API keys. Was it somebody else? Change the password too.',
          },
        ]}
        confirm="Sign out"
        busy={busy}
        error={error}
        carryOut={() => ending !== undefined && end(ending)}
      />
    </Section>
  );
}
