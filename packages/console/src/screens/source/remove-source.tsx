import { useNavigate } from '@tanstack/react-router';
import { useChange } from '../../api/changes.ts';
import type { Source } from '../../api/operations.ts';
import { ProvedPlan } from '../../parts/dialog/proved-plan.tsx';
import { tell } from '../../parts/notices/told.tsx';

/** What ends with a source and what stays of it, and then that. */
export function RemoveSource(props: {
  readonly source: Source;
  readonly etag: string | undefined;
  readonly refetch: () => void;
  readonly opened: boolean;
  readonly close: () => void;
}) {
  const { source, etag, refetch, opened, close } = props;
  const navigate = useNavigate();
  const removing = useChange('removeSource', {
    touches: ['listSources', 'getStatus', 'listPromises'],
    done: () => {
      tell(`${source.name} is protected no more.`);
      void navigate({ to: '/services/$service', params: { service: source.serviceId } });
    },
  });
  const asked = { params: { id: source.id }, ifMatch: etag };
  return (
    <ProvedPlan
      opened={opened}
      close={close}
      title={`End the protection of ${source.name}`}
      steps={[
        { what: 'removed', text: `Backups of ${source.location}, its drills, and the watch over it` },
        { what: 'removed', text: 'Its passwords, from the vault' },
        { what: 'stays', text: 'Every snapshot that was taken, as long as retention keeps it' },
        { what: 'stays', text: 'Runs, drills and evidence' },
        { what: 'stays', text: 'The data of the source: nothing of it is touched' },
      ]}
      confirm="End its protection"
      dangerous
      carryOut={async (proved) => {
        await proved(() => removing.mutateAsync(asked));
      }}
      notDone={refetch}
    />
  );
}
