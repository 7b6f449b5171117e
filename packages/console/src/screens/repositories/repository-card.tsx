import { Button, Group, Paper, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useMay } from '../../api/caller.ts';
import { newKey, useChange } from '../../api/changes.ts';
import type { Repository } from '../../api/operations.ts';
import { LiveJob } from '../../parts/jobs/live-job.tsx';
import { ProblemNotice } from '../../parts/notices/problem-notice.tsx';
import { StateBadge } from '../../parts/records/state-badge.tsx';
import { Moment } from '../../parts/words/moment.tsx';
import { countWords, sizeWords } from '../../parts/words/size-words.ts';
import { WaitingNotice } from './waiting-notice.tsx';

const kitTroubles: Readonly<Record<string, string>> = {
  'never-made': 'no recovery kit was made',
  'never-verified': 'its recovery kits were never proved',
  stale: 'its recovery kits do not fit its keys any more',
  'verified-long-ago': 'its recovery kits were proved long ago',
  unreadable: 'what is known of its recovery kits cannot be read',
};

const waits = ({ held = 0, lastMirror }: Repository): boolean =>
  held > 0 || lastMirror?.failure?.code === 'repository.mirror-gone';

/** One repository: where it is, what is not there yet, and a button that sends it. */
export function RepositoryCard({ repository }: { readonly repository: Repository }) {
  const { role, name, place, state, upTo, behind, lastSuccessAt, recoveryKit } = repository;
  const may = useMay();
  const [job, setJob] = useState<number>();
  const sending = useChange('runMirror', {
    touches: ['listJobs', 'listMirrors', 'listRepositories'],
    done: ({ data }) => setJob(data.id),
  });
  const isPrimary = role === 'primary';
  const isNamed = name !== undefined;
  return (
    <Paper withBorder p="md">
      <Stack gap="xs">
        <Group justify="space-between" wrap="nowrap" align="flex-start">
          <div>
            <Text component="h2" fw={600} className="breakable">
              {isPrimary ? 'The repository of the platform' : name}
            </Text>
            <Text size="sm" c="dimmed" className="breakable">
              {place ?? (isPrimary ? 'Its place is not told: octobox.yaml has no place for it' : 'Off site')}
            </Text>
          </div>
          {state === undefined ? null : <StateBadge state={state} />}
        </Group>
        {isPrimary ? null : (
          <Text size="sm">
            {behind === undefined || behind.runs === 0 ? (
              state === 'unknown' ? (
                'What is there is not known.'
              ) : (
                'Every backup is there.'
              )
            ) : (
              <>
                {countWords(behind.runs)} {behind.runs === 1 ? 'backup is' : 'backups are'} not there yet (
                {sizeWords(behind.bytes)}).
              </>
            )}{' '}
            {upTo === undefined ? null : (
              <>
                All up to <Moment at={upTo} /> is.
              </>
            )}
          </Text>
        )}
        {isPrimary ? null : (
          <Text size="sm" c="dimmed">
            Last sent in full: {lastSuccessAt === undefined ? 'never' : <Moment at={lastSuccessAt} />}
          </Text>
        )}
        {isNamed && waits(repository) ? <WaitingNotice name={name} begun={setJob} /> : null}
        {recoveryKit?.trouble === undefined ? null : (
          <Text size="sm">Recovery: {kitTroubles[recoveryKit.trouble] ?? recoveryKit.trouble}.</Text>
        )}
        {recoveryKit?.verifiedAt === undefined ? null : (
          <Text size="sm" c="dimmed">
            Recovery kits proved <Moment at={recoveryKit.verifiedAt} />
          </Text>
        )}
        {job === undefined ? null : <LiveJob id={job} />}
        {sending.error === null ? null : <ProblemNotice error={sending.error} />}
        {isNamed && may('mirrors.run') ? (
          <Group>
            <Button
              variant="default"
              size="sm"
              loading={sending.isPending}
              onClick={() => sending.mutate({ params: { name }, idempotencyKey: newKey() })}
            >
              Send now
            </Button>
          </Group>
        ) : null}
      </Stack>
    </Paper>
  );
}
