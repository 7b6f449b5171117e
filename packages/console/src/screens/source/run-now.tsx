import { Button, Group, Paper, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useMay } from '../../api/caller.ts';
import { newKey, useChange } from '../../api/changes.ts';
import { every } from '../../api/every.ts';
import type { Job, Source } from '../../api/operations.ts';
import { query } from '../../api/queries.ts';
import { LiveJob } from '../../parts/jobs/live-job.tsx';
import { ProblemNotice } from '../../parts/notices/problem-notice.tsx';
import { tell } from '../../parts/notices/told.tsx';
import { Icon } from '../../parts/page/icon.tsx';

/** Starts a backup or a drill, and shows what is done with the source as it goes on. */
export function RunNow({ source }: { source: Source }) {
  const may = useMay();
  const [started, setStarted] = useState<readonly number[]>([]);
  const running = useQuery({
    ...query('listJobs', { query: { state: 'running', limit: 50 } }),
    refetchInterval: every(5_000),
  });
  const options = (words: string) => ({
    touches: ['listJobs' as const],
    done: ({ data }: { data: Job }) => {
      setStarted((before) => [...new Set([data.id, ...before])].slice(0, 2));
      tell(words);
    },
  });
  const backup = useChange('runBackup', options(`A backup of ${source.name} begins.`));
  const drill = useChange(
    'runDrill',
    options(`A drill of ${source.name} begins: the live source is not touched.`),
  );
  const asked = () => ({ params: { id: source.id }, idempotencyKey: newKey() });
  const others = (running.data?.items ?? [])
    .filter((job) => job.sourceId === source.id && !started.includes(job.id))
    .map(({ id }) => id);
  const followed = [...started, ...others].slice(0, 3);
  return (
    <Stack gap="sm">
      <Group gap="xs">
        {may('backups.run') ? (
          <Button
            leftSection={<Icon name="play" />}
            loading={backup.isPending}
            onClick={() => backup.mutate(asked())}
          >
            Back up now
          </Button>
        ) : null}
        {may('drills.run') ? (
          <Button
            variant="light"
            leftSection={<Icon name="shield" />}
            loading={drill.isPending}
            onClick={() => drill.mutate(asked())}
          >
            Drill now
          </Button>
        ) : null}
      </Group>
      {[backup.error, drill.error].map((error) =>
        error === null ? null : <ProblemNotice key={error.message} error={error} />,
      )}
      {followed.length === 0 ? null : (
        <Stack component="ul" gap="xs" className="plain" aria-label="Under way">
          {followed.map((id) => (
            <Paper component="li" key={id} withBorder p="sm">
              <LiveJob id={id} />
            </Paper>
          ))}
        </Stack>
      )}
    </Stack>
  );
}
