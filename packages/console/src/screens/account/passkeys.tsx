import { Button, Group, Text } from '@mantine/core';
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ask } from '../../api/ask.ts';
import type { Passkey } from '../../api/operations.ts';
import { knowsPasskeys } from '../../api/passkey.ts';
import { pages } from '../../api/queries.ts';
import { PlanDialog } from '../../parts/dialog/plan-dialog.tsx';
import { useAct } from '../../parts/forms/act.ts';
import { Empty } from '../../parts/notices/empty.tsx';
import { tell } from '../../parts/notices/told.tsx';
import { Section } from '../../parts/page/section.tsx';
import { useProof } from '../../parts/proof.tsx';
import { DataTable } from '../../parts/table/data-table.tsx';
import { Paged } from '../../parts/table/paged.tsx';
import { Moment } from '../../parts/words/moment.tsx';
import { AddPasskey } from './add-passkey.tsx';
import { RenamePasskey } from './rename-passkey.tsx';

/** Keys in the hands of who is signed in, each of which signs in alone. */
export function Passkeys({ possible }: { readonly possible: boolean }) {
  const client = useQueryClient();
  const passkeys = useInfiniteQuery(pages('listPasskeys', { query: { limit: 100 } }));
  const [adding, setAdding] = useState(false);
  const [renaming, setRenaming] = useState<Passkey>();
  const [removing, setRemoving] = useState<Passkey>();
  const { act, busy, error, reset } = useAct();
  const { proved, dialog } = useProof();
  const leave = () => {
    reset();
    setRemoving(undefined);
  };
  const remove = ({ id, name }: Passkey) =>
    void act(async () => {
      await proved(() => ask('removePasskey', { params: { id } }));
      await client.invalidateQueries({ queryKey: ['listPasskeys'] });
      leave();
      tell(`${name} signs nobody in any more.`);
    });
  const able = possible && knowsPasskeys();
  const hint = able ? undefined : possible ? unable : nameless;
  const add = able ? <Button onClick={() => setAdding(true)}>Add a passkey</Button> : null;
  return (
    <Section title="Passkeys" actions={(passkeys.data?.length ?? 0) > 0 ? add : undefined}>
      <Paged
        query={passkeys}
        empty={
          <Empty title="You have no passkey yet">
            A key in your computer, phone or stick, unlocked by a finger or a PIN: it signs in alone, and
            cannot be given to a wrong page.
            <Text size="sm" mt="md" component="div">
              {hint ?? add}
            </Text>
          </Empty>
        }
      >
        {(items) => (
          <>
            <DataTable
              caption="Passkeys"
              rows={items}
              keyOf={({ id }) => id}
              columns={[
                { name: 'Name', cell: ({ name }) => <span className="breakable">{name}</span> },
                { name: 'Added', cell: ({ createdAt }) => <Moment at={createdAt} /> },
                {
                  name: 'Last used',
                  cell: ({ lastUsedAt }) =>
                    lastUsedAt === undefined ? 'not yet' : <Moment at={lastUsedAt} />,
                },
                {
                  name: 'Change it',
                  cell: (passkey) => (
                    <Group gap="xs">
                      <Button
                        size="compact-sm"
                        variant="default"
                        aria-label={`Rename ${passkey.name}`}
                        onClick={() => setRenaming(passkey)}
                      >
                        Rename
                      </Button>
                      <Button
                        size="compact-sm"
                        variant="default"
                        aria-label={`Remove ${passkey.name}`}
                        onClick={() => setRemoving(passkey)}
                      >
                        Remove
                      </Button>
                    </Group>
                  ),
                },
              ]}
            />
            {hint === undefined ? null : (
              <Text size="sm" c="dimmed">
                {hint}
              </Text>
            )}
          </>
        )}
      </Paged>
      {adding ? <AddPasskey proved={proved} close={() => setAdding(false)} /> : null}
      {renaming === undefined ? null : (
        <RenamePasskey passkey={renaming} close={() => setRenaming(undefined)} />
      )}
      <PlanDialog
        opened={removing !== undefined}
        close={leave}
        title="Remove this passkey?"
        steps={[
          { what: 'removed', text: `${removing?.name ?? ''}: it signs nobody in any more` },
          {
            what: 'stays',
            text: 'What your device keeps of it: remove it there too, so that it is not offered',
          },
        ]}
        confirm="Remove it"
        dangerous
        busy={busy}
        error={error}
        carryOut={() => removing !== undefined && remove(removing)}
      />
      {dialog}
    </Section>
  );
}

const nameless =
  'Passkeys are bound to a name, and this console is open under an address: add them where it is open under its name, or as localhost.';
const unable =
  'This browser knows no passkeys here: it takes a newer one, or a console that is reached by TLS.';
