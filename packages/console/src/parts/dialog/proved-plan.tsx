import { useAct } from '../forms/act.ts';
import { type Proved, useProof } from '../proof.tsx';
import { type Plan, PlanDialog } from './plan-dialog.tsx';

/** A plan that is carried out by who shows who it is; what goes wrong stands in it. */
export function ProvedPlan(
  plan: Plan & {
    /** Of what the plan itself is made of. */
    readonly pending?: boolean;
    readonly planError?: unknown;
    readonly carryOut: (proved: Proved) => Promise<void>;
    /** After it was not carried out: the plan may have changed. */
    readonly notDone?: () => void;
  },
) {
  const { pending = false, planError = null, carryOut, notDone, ...shown } = plan;
  const { act, busy, error } = useAct();
  const { proved, dialog } = useProof();
  const begin = async (): Promise<void> => {
    const done = await act(() => carryOut(proved));
    if (!done) notDone?.();
  };
  return (
    <>
      <PlanDialog
        {...shown}
        busy={busy || pending}
        error={error ?? planError}
        carryOut={() => void begin()}
      />
      {dialog}
    </>
  );
}
