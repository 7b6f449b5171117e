import { Anchor, Button, Code, Text } from '@mantine/core';
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ask } from '../../api/ask.ts';
import type { ApiKey } from '../../api/operations.ts';
import { pages, query } from '../../api/queries.ts';
import { PlanDialog } from '../../parts/dialog/plan-dialog.tsx';
import { ShownOnce } from '../../parts/dialog/shown-once.tsx';
import { useAct } from '../../parts/forms/act.ts';
import { Empty } from '../../parts/notices/empty.tsx';
import { tell } from '../../parts/notices/told.tsx';
import { Section } from '../../parts/page/section.tsx';
import { DataTable } from '../../parts/table/data-table.tsx';
import { Paged } from '../../parts/table/paged.tsx';
import { Moment } from '../../parts/words/moment.tsx';
import { MakeKey } from './make-key.tsx';

/** Keys by which programs act for who is signed in. */
export function ApiKeys() {
  const client = useQueryClient();
  const keys = useInfiniteQuery(pages('listApiKeys', { query: { limit: 100 } }));
  const offer = useQuery(query('getApiKeyOffer', {}));
  const [making, setMaking] = useState(false);
  const [made, setMade] = useState<{ readonly name: string; readonly secret: string }>();
  const [ending, setEnding] = useState<ApiKey>();
  const { act, busy, error, reset } = useAct();
  const leave = () => {
    reset();
    setEnding(undefined);
  };
  const renew = () => client.invalidateQueries({ queryKey: ['listApiKeys'] });
  const end = ({ id, name }: ApiKey) =>
    void act(async () => {
      await ask('endApiKey', { params: { id } });
      await renew();
      leave();
      tell(`The key ${name} opens nothing any more.`);
    });
  const may = (offer.data?.scopes.length ?? 0) > 0;
  const make = may ? <Button onClick={() => setMaking(true)}>Make a key</Button> : null;
  return (
    <Section title="API keys" actions={(keys.data?.length ?? 0) > 0 ? make : undefined}>
      <Paged
        query={keys}
        empty={
          <Empty title="You have no key">
            With a key a program acts for you, within what you allow it and never for more than your role
            includes. Make one for each program, so that you can end it alone.{' '}
            <Anchor href="/api/v1/reference" underline="always" inherit>
              What the API offers
            </Anchor>
            <Text size="sm" mt="md" component="div">
              {offer.data === undefined || may ? make : 'Your role includes nothing that a key could be for.'}
            </Text>
          </Empty>
        }
      >
        {(items) => (
          <DataTable
            caption="API keys"
            rows={items}
            keyOf={({ id }) => id}
            columns={[
              {
                name: 'For',
                cell: ({ name }) => (
                  <Text size="sm" miw={100} className="breakable">
                    {name}
                  </Text>
                ),
              },
              {
                name: 'It may',
                cell: ({ scopes }) => (
                  <Text size="sm" className="breakable">
                    {scopes.join(', ')}
                  </Text>
                ),
              },
              {
                name: 'Last day',
                cell: ({ expiresAt }) => <time dateTime={expiresAt}>{expiresAt.slice(0, 10)}</time>,
              },
              {
                name: 'Last used',
                cell: ({ lastUsedAt }) => (lastUsedAt === undefined ? 'never' : <Moment at={lastUsedAt} />),
              },
              {
                name: 'End it',
                cell: (key) => (
                  <Button
                    size="compact-sm"
                    variant="default"
                    aria-label={`End the key ${key.name}`}
                    onClick={() => setEnding(key)}
                  >
                    End
                  </Button>
                ),
              },
            ]}
          />
        )}
      </Paged>
      {offer.data === undefined ? null : (
        <MakeKey
          opened={making}
          offer={offer.data}
          close={() => setMaking(false)}
          done={(key) => {
            setMaking(false);
            setMade(key);
            void renew();
          }}
        />
      )}
      {made === undefined ? null : (
        <ShownOnce title="Keep this key" text={made.secret} away={() => setMade(undefined)}>
          <Text size="sm">
            Give it to <b className="breakable">{made.name}</b>, in a place that only that program reads. It
            is shown now and never again.
          </Text>
          <Code block style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
            {made.secret}
          </Code>
          <Text size="sm" c="dimmed">
            It goes with every request: <Code>Authorization: Bearer octobox_…</Code>
          </Text>
        </ShownOnce>
      )}
      <PlanDialog
        opened={ending !== undefined}
        close={leave}
        title="End this key?"
        steps={[
          { what: 'removed', text: `${ending?.name ?? ''}: programs that use it are refused from now on` },
          { what: 'stays', text: 'What was done with it, in the audit log' },
        ]}
        confirm="End it"
        dangerous
        busy={busy}
        error={error}
        carryOut={() => ending !== undefined && end(ending)}
      />
    </Section>
  );
}
