import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useChange } from '../../api/changes.ts';
import type { Service } from '../../api/operations.ts';
import { whole } from '../../api/queries.ts';
import type { PlanStep } from '../../parts/dialog/plan-dialog.tsx';
import { ProvedPlan } from '../../parts/dialog/proved-plan.tsx';
import { tell } from '../../parts/notices/told.tsx';

/** What ends with a service and what stays of it, and then that. */
export function RemoveService(props: {
  readonly service: Service;
  readonly etag: string | undefined;
  readonly refetch: () => void;
  readonly opened: boolean;
  readonly close: () => void;
}) {
  const { service, etag, refetch, opened, close } = props;
  const navigate = useNavigate();
  const sources = useQuery({
    ...whole('listSources', { query: { service: service.id } }),
    enabled: opened,
  });
  const removing = useChange('removeService', {
    touches: ['listServices', 'listSources', 'getStatus', 'listPromises'],
    done: () => {
      tell(`${service.name} is protected no more.`);
      void navigate({ to: '/services' });
    },
  });
  const steps: PlanStep[] = [
    { what: 'removed', text: `The service ${service.name}, from the public page too` },
    ...(sources.data?.items ?? []).map(
      ({ name }): PlanStep => ({
        what: 'removed',
        text: `The protection of ${name}: no backup, no drill, no watch; its password is deleted`,
      }),
    ),
    { what: 'stays', text: 'Every snapshot that was taken, as long as retention keeps it' },
    { what: 'stays', text: 'Runs, drills, evidence and incidents' },
    { what: 'stays', text: 'The data of the sources: nothing of them is touched' },
  ];
  const asked = { params: { id: service.id }, ifMatch: etag };
  return (
    <ProvedPlan
      opened={opened}
      close={close}
      title={`End the protection of ${service.name}`}
      steps={steps}
      confirm="End its protection"
      dangerous
      pending={sources.isPending}
      carryOut={async (proved) => {
        await proved(() => removing.mutateAsync(asked));
      }}
      notDone={refetch}
    />
  );
}
