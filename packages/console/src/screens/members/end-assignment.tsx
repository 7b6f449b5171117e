import { useQueryClient } from '@tanstack/react-query';
import { ask } from '../../api/ask.ts';
import type { Member } from '../../api/operations.ts';
import { PlanDialog } from '../../parts/dialog/plan-dialog.tsx';
import { useAct } from '../../parts/forms/act.ts';
import { tell } from '../../parts/notices/told.tsx';
import { useProof } from '../../parts/proof.tsx';

/** An outside administrator is let in no more from now on. */
export function EndAssignment({ member, close }: { readonly member: Member; readonly close: () => void }) {
  const client = useQueryClient();
  const { act, busy, error } = useAct();
  const { proved, dialog } = useProof();
  const carryOut = () =>
    act(async () => {
      await proved(() => ask('endAssignment', { params: { id: member.id } }));
      await client.invalidateQueries({ queryKey: ['listMembers'] });
      tell(`The assignment of ${member.name} is over.`);
      close();
    });
  return (
    <>
      <PlanDialog
        opened
        close={close}
        title={`End the assignment of ${member.name}`}
        steps={[
          { what: 'removed', text: 'Seeing and testing the assigned services, from now on' },
          { what: 'stays', text: 'The account: a later last day lets it in again' },
          { what: 'stays', text: 'What was done, in the audit log' },
        ]}
        confirm="End it now"
        dangerous
        busy={busy}
        error={error}
        carryOut={() => void carryOut()}
      />
      {dialog}
    </>
  );
}
