import { Button, Group, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMay } from '../../api/caller.ts';
import type { ForgetPlan, NewForgetPlan } from '../../api/operations.ts';
import { ForgetDialog } from '../../parts/dialog/forget-dialog.tsx';
import { ForgetConcerns } from '../../parts/records/forget-concerns.tsx';
import { snapshotsWords } from '../../parts/words/size-words.ts';
import { PlannedSnapshots } from './planned-snapshots.tsx';

/** What would go and what would stay; carried out by who may, after it is shown once more. */
export function ShownPlan(shown: {
  readonly plan: ForgetPlan;
  readonly wish: NewForgetPlan;
  readonly begun: (job: number) => void;
}) {
  const { plan, wish, begun } = shown;
  const may = useMay();
  const [forgetting, { open, close }] = useDisclosure(false);
  const count = snapshotsWords(plan.removeCount);
  return (
    <>
      <Group justify="space-between">
        <Text role="status">
          {plan.removeCount === 0 ? 'Nothing would go.' : `${count} would go.`}{' '}
          {plan.keepCount === 0 ? 'None stays.' : `${snapshotsWords(plan.keepCount)} would stay.`}
        </Text>
        {may('snapshots.remove') && plan.removeCount > 0 ? (
          <Button color="red.9" onClick={open}>
            Forget {count} …
          </Button>
        ) : null}
      </Group>
      <ForgetConcerns concerns={plan.concerns} />
      <PlannedSnapshots title="Would go" count={plan.removeCount} snapshots={plan.remove} />
      <PlannedSnapshots title="Would stay" count={plan.keepCount} snapshots={plan.keep} />
      {forgetting ? (
        <ForgetDialog
          wish={wish}
          title="Forget by rules"
          confirm={`Forget ${count}`}
          close={close}
          begun={begun}
        />
      ) : null}
    </>
  );
}
