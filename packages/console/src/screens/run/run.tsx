import { Alert } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { every } from '../../api/every.ts';
import { query } from '../../api/queries.ts';
import { useSourceNames } from '../../api/source-names.ts';
import { JobLog } from '../../parts/jobs/job-log.tsx';
import { LiveJob } from '../../parts/jobs/live-job.tsx';
import { FailureNotice, WarningList } from '../../parts/notices/failure-notice.tsx';
import { Facts } from '../../parts/page/facts.tsx';
import { TextLink } from '../../parts/page/link.tsx';
import { Loaded } from '../../parts/page/loaded.tsx';
import { Page } from '../../parts/page/page.tsx';
import { Section } from '../../parts/page/section.tsx';
import { SnapshotLink } from '../../parts/records/snapshot-link.tsx';
import { StateBadge } from '../../parts/records/state-badge.tsx';
import { UnsettledChange } from '../../parts/records/unsettled-change.tsx';
import { Moment } from '../../parts/words/moment.tsx';
import { countWords, sizeWords } from '../../parts/words/size-words.ts';
import { durationWords } from '../../parts/words/time-words.ts';

/** One attempt at a backup: what came of it, and what it said. */
export function Run() {
  const { run: id } = useParams({ from: '/runs/$run' });
  const run = useQuery({
    ...query('getRun', { params: { id: Number(id) } }),
    refetchInterval: ({ state }) => (state.data?.state === 'running' ? every(3_000)() : false),
  });
  const nameOf = useSourceNames();
  return (
    <Loaded query={run}>
      {(data) => (
        <Page title={`Backup of ${nameOf(data.sourceId)}`} lead={<StateBadge state={data.state} />}>
          {data.state === 'running' ? <LiveJob id={data.jobId} linked={false} /> : null}
          <FailureNotice failure={data.failure} />
          <WarningList warnings={data.warnings} />
          {data.suspect ? (
            <Alert color="orange" title="It is suspect">
              It was taken while the source lacked something, or it is unlike those before it: no promise
              rests on it, and no restore takes it by itself.
            </Alert>
          ) : null}
          {data.suspect ? <UnsettledChange sourceId={data.sourceId} /> : null}
          <Facts
            facts={[
              [
                'Source',
                <TextLink key="source" to="/sources/$source" params={{ source: data.sourceId }}>
                  {nameOf(data.sourceId)}
                </TextLink>,
              ],
              ['Why', data.reason],
              ['Begun', <Moment key="begun" at={data.startedAt} />],
              ['Took', data.durationSeconds && durationWords(data.durationSeconds)],
              ['Everything up to', data.recoveryPointAt && <Moment key="point" at={data.recoveryPointAt} />],
              ['Files', data.files === undefined ? undefined : countWords(data.files)],
              [
                'Of them changed',
                data.filesChanged === undefined ? undefined : countWords(data.filesChanged),
              ],
              ['Read', data.bytesRead === undefined ? undefined : sizeWords(data.bytesRead)],
              ['Stored', data.bytesStored === undefined ? undefined : sizeWords(data.bytesStored)],
              ['Snapshot', data.snapshotId && <SnapshotLink key="snapshot" id={data.snapshotId} />],
              [
                'Job',
                <TextLink key="job" to="/jobs/$job" params={{ job: String(data.jobId) }}>
                  {data.jobId}
                </TextLink>,
              ],
              ['Requests to storage', data.storage && countWords(sum(data.storage.requests))],
              ['Sent', data.storage && sizeWords(data.storage.bytesUp)],
              ['Retries', data.storage && countWords(data.storage.retries)],
            ]}
          />
          <Section title="What it said">
            <JobLog id={data.jobId} live={data.state === 'running'} />
          </Section>
        </Page>
      )}
    </Loaded>
  );
}

const sum = (counts: Readonly<Record<string, number | undefined>>): number =>
  Object.values(counts).reduce<number>((total, count) => total + (count ?? 0), 0);
