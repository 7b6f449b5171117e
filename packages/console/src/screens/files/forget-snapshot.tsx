import { Text } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ask } from '../../api/ask.ts';
import { newKey } from '../../api/changes.ts';
import { planQuery } from '../../api/queries.ts';
import type { PlanStep } from '../../parts/dialog/plan-dialog.tsx';
import { ProvedPlan } from '../../parts/dialog/proved-plan.tsx';
import type { Proved } from '../../parts/proof.tsx';
import { snapshotsWords } from '../../parts/words/size-words.ts';

/** What goes when a snapshot is forgotten, and what speaks against it; and then exactly that. */
export function ForgetSnapshot(props: {
  readonly id: string;
  readonly close: () => void;
  readonly begun: (job: number) => void;
}) {
  const { id, close, begun } = props;
  const client = useQueryClient();
  const [key, setKey] = useState(newKey);
  const named = { snapshots: [id] };
  const { data: plan, error, isFetching } = useQuery(planQuery('planForget', { body: named }));
  const concerns = plan?.concerns ?? [];
  const carryOut = async (proved: Proved): Promise<void> => {
    if (plan === undefined) return;
    const confirmed = concerns.length === 0 ? {} : { confirmRemove: plan.removeCount };
    const body = { ...named, plan: plan.id, ...confirmed };
    const { data } = await proved(() => ask('forgetSnapshots', { body, idempotencyKey: key }));
    void client.invalidateQueries({ queryKey: ['listJobs'] });
    begun(data.id);
    close();
  };
  const notDone = (): void => {
    setKey(newKey());
    void client.invalidateQueries({ queryKey: ['planForget'] });
  };
  return (
    <ProvedPlan
      opened
      close={close}
      title={`Forget snapshot ${id.slice(0, 8)}`}
      steps={plan === undefined ? [] : stepsOf(plan.removeCount)}
      confirm={concerns.length === 0 ? 'Forget it' : 'Forget it all the same'}
      dangerous
      pending={isFetching}
      planError={error}
      carryOut={carryOut}
      notDone={notDone}
    >
      {concerns.length === 0 ? null : (
        <div>
          <Text size="sm" fw={600}>
            What speaks against it
          </Text>
          <ul>
            {concerns.map(({ code, message }) => (
              <li key={code}>
                <Text size="sm" className="breakable">
                  {message}
                </Text>
              </li>
            ))}
          </ul>
        </div>
      )}
    </ProvedPlan>
  );
}

const stepsOf = (count: number): PlanStep[] => [
  { what: 'removed', text: `${snapshotsWords(count)}: nothing of it can be restored from here any more` },
  { what: 'changed', text: 'The space that it alone needs is freed when retention runs the next time' },
  {
    what: 'stays',
    text: 'Every other snapshot, and copies off site for as long as they keep what was removed',
  },
];
