import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { type Permission, useMay } from '../../api/caller.ts';
import { useChange } from '../../api/changes.ts';
import type { Job } from '../../api/operations.ts';
import { PlanDialog } from '../dialog/plan-dialog.tsx';
import { tell } from '../notices/told.tsx';
import { useJobName } from './job-progress.tsx';

const needs: Readonly<Record<string, Permission>> = {
  backup: 'backups.run',
  check: 'repositories.check',
  drill: 'drills.run',
  forget: 'snapshots.remove',
  mirror: 'mirrors.run',
  'prune-plan': 'repositories.check',
  'repair-plan': 'repositories.check',
  restore: 'restores.run',
  statistics: 'repositories.check',
  tag: 'snapshots.change',
};

/** Stops a job that waits or runs, for who may do such work. */
export function CancelJob({ job }: { job: Job }) {
  const may = useMay();
  const name = useJobName()(job);
  const [opened, { open, close }] = useDisclosure(false);
  const cancelling = useChange('cancelJob', {
    touches: ['listJobs'],
    done: () => {
      close();
      tell(`${name} is being stopped.`);
    },
  });
  if (job.finishedAt !== undefined || !may(needs[job.kind] ?? 'repositories.change')) return null;
  return (
    <>
      <Button size="compact-sm" variant="default" onClick={open}>
        Stop it
      </Button>
      <PlanDialog
        opened={opened}
        close={close}
        title={`Stop: ${name}`}
        steps={[
          { what: 'removed', text: 'What this job would still do; it ends at the next safe point' },
          { what: 'stays', text: 'Everything that was there before: nothing half-done looks whole' },
        ]}
        confirm="Stop it"
        dangerous
        busy={cancelling.isPending}
        error={cancelling.error}
        carryOut={() => cancelling.mutate({ params: { id: job.id } })}
      />
    </>
  );
}
