import { Button, Group } from '@mantine/core';
import { type UseQueryResult, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ask } from '../../api/ask.ts';
import { useMay } from '../../api/caller.ts';
import { every } from '../../api/every.ts';
import type { Lock } from '../../api/operations.ts';
import { query } from '../../api/queries.ts';
import type { PlanStep } from '../../parts/dialog/plan-dialog.tsx';
import { ProvedPlan } from '../../parts/dialog/proved-plan.tsx';
import { Empty } from '../../parts/notices/empty.tsx';
import { tell } from '../../parts/notices/told.tsx';
import { Loaded } from '../../parts/page/loaded.tsx';
import type { Proved } from '../../parts/proof.tsx';
import { DataTable } from '../../parts/table/data-table.tsx';
import { Moment } from '../../parts/words/moment.tsx';
import { countWords } from '../../parts/words/size-words.ts';

/** Who works on the repository by its locks, and taking away what somebody left behind. */
export function Locks() {
  const [meant, setMeant] = useState<readonly Lock[]>();
  const locks = useQuery({
    ...query('listLocks', { query: { limit: 100 } }),
    refetchInterval: every(15_000),
  });
  return (
    <>
      {/* It stays, and says what came of it, when the last lock goes meanwhile. */}
      {meant === undefined ? null : <Removal locks={meant} close={() => setMeant(undefined)} />}
      <Standing locks={locks} mean={setMeant} />
    </>
  );
}

function Standing(list: {
  readonly locks: UseQueryResult<{ readonly items: readonly Lock[] }>;
  readonly mean: (locks: readonly Lock[]) => void;
}) {
  const may = useMay();
  const { locks, mean } = list;
  return (
    <Loaded query={locks}>
      {({ items }) =>
        items.length === 0 ? (
          <Empty title="Nobody works on it">
            Whoever backs up, checks or frees space leaves a lock here meanwhile, so that none takes away what
            another needs.
          </Empty>
        ) : (
          <>
            <DataTable
              caption="Locks on the repository"
              rows={items}
              keyOf={({ id }) => id}
              columns={[
                { name: 'Whose', cell: whose },
                { name: 'Keeps out', cell: ({ exclusive }) => keepsOut(exclusive) },
                {
                  name: 'Seen at work',
                  cell: ({ refreshedAt }) => (refreshedAt === undefined ? '–' : <Moment at={refreshedAt} />),
                },
                { name: 'State', cell: ({ stale }) => (stale ? 'Left behind' : 'In use') },
              ]}
            />
            {may('repositories.change') ? (
              <Group mt="sm">
                <Remove
                  locks={items.filter(({ stale }) => stale)}
                  label="Remove those left behind …"
                  mean={mean}
                />
                <Remove
                  locks={items.some(({ stale }) => !stale) ? items : []}
                  label="Remove all …"
                  mean={mean}
                />
              </Group>
            ) : null}
          </>
        )
      }
    </Loaded>
  );
}

function Remove(button: {
  readonly locks: readonly Lock[];
  readonly label: string;
  readonly mean: (locks: readonly Lock[]) => void;
}) {
  const { locks, label, mean } = button;
  if (locks.length === 0) return null;
  return (
    <Button variant="default" size="sm" onClick={() => mean(locks)}>
      {label}
    </Button>
  );
}

/** What follows when these locks are taken away; and then exactly that. */
function Removal({ locks, close }: { readonly locks: readonly Lock[]; readonly close: () => void }) {
  const client = useQueryClient();
  const inUse = locks.some(({ stale }) => !stale);
  const refresh = () => client.invalidateQueries({ queryKey: ['listLocks'] });
  const carryOut = async (proved: Proved): Promise<void> => {
    const body = { locks: locks.map(({ id }) => id), inUse };
    const { data } = await proved(() => ask('removeLocks', { body }));
    await refresh();
    close();
    tell(data.removed === 0 ? 'They were gone already.' : `${lockWords(data.removed)} removed.`);
  };
  return (
    <ProvedPlan
      opened
      close={close}
      title={inUse ? 'Remove all locks' : 'Remove the locks that were left behind'}
      steps={stepsOf(locks)}
      confirm={inUse ? 'Nobody is at work: remove all' : 'Remove them'}
      dangerous={inUse}
      carryOut={carryOut}
      notDone={() => void refresh()}
    />
  );
}

function stepsOf(locks: readonly Lock[]): PlanStep[] {
  const used = locks.filter(({ stale }) => !stale);
  const left = locks.length - used.length;
  return [
    ...(left === 0
      ? []
      : [{ what: 'removed', text: `${lockWords(left)} of processes that are gone` } as const]),
    ...used.map(
      (lock) =>
        ({
          what: 'removed',
          text: `${whose(lock)}: if it is at work, what frees space meanwhile may take away data that it counts on`,
        }) as const,
    ),
    { what: 'stays', text: 'Every snapshot, and all data' },
  ];
}

const lockWords = (count: number): string => `${countWords(count)} ${count === 1 ? 'lock' : 'locks'}`;

const whose = ({ id, pid, hostname, username }: Lock): string =>
  pid === undefined
    ? `Not known: lock ${id.slice(0, 8)} cannot be read`
    : `Process ${pid}${username === undefined || username === '' ? '' : ` of ${username}`} on ${hostname}`;

const keepsOut = (exclusive: boolean | undefined): string =>
  exclusive === undefined ? '–' : exclusive ? 'Everybody else' : 'Who frees space or checks';
