import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ask } from '../../api/ask.ts';
import { newKey } from '../../api/changes.ts';
import type { NewForgetPlan } from '../../api/operations.ts';
import { planQuery } from '../../api/queries.ts';
import type { Proved } from '../proof.tsx';
import { ForgetConcerns } from '../records/forget-concerns.tsx';
import { snapshotsWords } from '../words/size-words.ts';
import type { PlanStep } from './plan-dialog.tsx';
import { ProvedPlan } from './proved-plan.tsx';

/** What goes when snapshots are forgotten, and what speaks against it; and then exactly that. */
export function ForgetDialog(props: {
  /** Snapshots by their ids, or a source and what is kept of it. */
  readonly wish: NewForgetPlan;
  readonly title: string;
  /** What is done, as the button says it. */
  readonly confirm: string;
  readonly close: () => void;
  readonly begun: (job: number) => void;
}) {
  const { wish, title, confirm, close, begun } = props;
  const client = useQueryClient();
  const [key, setKey] = useState(newKey);
  const { data: plan, error, isFetching } = useQuery(planQuery('planForget', { body: wish }));
  const concerns = plan?.concerns ?? [];
  const carryOut = async (proved: Proved): Promise<void> => {
    if (plan === undefined) return;
    const confirmed = concerns.length === 0 ? {} : { confirmRemove: plan.removeCount };
    const body = { ...wish, plan: plan.id, ...confirmed };
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
      title={title}
      steps={plan === undefined ? [] : stepsOf(plan.removeCount)}
      confirm={concerns.length === 0 ? confirm : `${confirm} all the same`}
      dangerous
      pending={isFetching}
      planError={error}
      carryOut={carryOut}
      notDone={notDone}
    >
      <ForgetConcerns concerns={concerns} />
    </ProvedPlan>
  );
}

const stepsOf = (count: number): PlanStep[] => [
  {
    what: 'removed',
    text: `${snapshotsWords(count)}: nothing of ${count === 1 ? 'it' : 'them'} can be restored from here any more`,
  },
  {
    what: 'changed',
    text: `The space that ${count === 1 ? 'it alone needs' : 'they alone need'} is freed when retention runs the next time`,
  },
  {
    what: 'stays',
    text: 'Every other snapshot, and copies off site for as long as they keep what was removed',
  },
];
