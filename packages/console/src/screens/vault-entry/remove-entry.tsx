import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { ask } from '../../api/ask.ts';
import type { VaultEntry } from '../../api/operations.ts';
import { ProvedPlan } from '../../parts/dialog/proved-plan.tsx';
import { tell } from '../../parts/notices/told.tsx';
import type { Proved } from '../../parts/proof.tsx';

/** What goes with an entry and what stays of it, and then that. */
export function RemoveEntry(props: {
  readonly entry: VaultEntry;
  readonly etag: string | undefined;
  readonly opened: boolean;
  readonly close: () => void;
}) {
  const { entry, etag, opened, close } = props;
  const client = useQueryClient();
  const navigate = useNavigate();
  const carryOut = async (proved: Proved): Promise<void> => {
    await proved(() => ask('removeVaultEntry', { params: { id: entry.id }, ifMatch: etag }));
    tell(`${entry.name} is gone.`);
    await navigate({ to: '/vault' });
    void client.invalidateQueries({ queryKey: ['listVaultEntries'] });
  };
  return (
    <ProvedPlan
      opened={opened}
      close={close}
      title={`Remove ${entry.name}`}
      steps={[
        { what: 'removed', text: 'The entry and its secret: nobody can bring it back' },
        { what: 'removed', text: 'Every grant of it' },
        { what: 'stays', text: 'The book of who opened it, and the audit log' },
      ]}
      confirm="Remove it"
      dangerous
      carryOut={carryOut}
    />
  );
}
