import { useQueryClient } from '@tanstack/react-query';
import { ask } from '../../api/ask.ts';
import type { Member } from '../../api/operations.ts';
import { ProvedPlan } from '../../parts/dialog/proved-plan.tsx';
import { tell } from '../../parts/notices/told.tsx';
import type { Proved } from '../../parts/proof.tsx';

/** An outside administrator is let in no more from now on. */
export function EndAssignment({ member, close }: { readonly member: Member; readonly close: () => void }) {
  const client = useQueryClient();
  const carryOut = async (proved: Proved): Promise<void> => {
    await proved(() => ask('endAssignment', { params: { id: member.id } }));
    await client.invalidateQueries({ queryKey: ['listMembers'] });
    tell(`The assignment of ${member.name} is over.`);
    close();
  };
  return (
    <ProvedPlan
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
      carryOut={carryOut}
    />
  );
}
