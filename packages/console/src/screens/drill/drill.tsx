import { Group, Paper, Stack, Text } from '@mantine/core';
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
import { TargetBar } from '../../parts/records/target-bar.tsx';
import { Moment } from '../../parts/words/moment.tsx';
import { countWords, sizeWords } from '../../parts/words/size-words.ts';
import { durationWords } from '../../parts/words/time-words.ts';

/** One rehearsed restore: what was measured, and what was compared. */
export function Drill() {
  const { drill: id } = useParams({ from: '/drills/$drill' });
  const drill = useQuery({
    ...query('getDrill', { params: { id: Number(id) } }),
    refetchInterval: ({ state }) => (state.data?.state === 'running' ? every(3_000)() : false),
  });
  const nameOf = useSourceNames();
  return (
    <Loaded query={drill}>
      {(data) => (
        <Page title={`Drill of ${nameOf(data.sourceId)}`} lead={<StateBadge state={data.state} />}>
          {data.state === 'running' ? <LiveJob id={data.jobId} linked={false} /> : null}
          <FailureNotice failure={data.failure} />
          <WarningList warnings={data.warnings} />
          <Paper withBorder p="md">
            <Stack>
              <TargetBar
                name="Recovery"
                value={data.recoverySeconds}
                target={data.rtoSeconds}
                targetName="RTO"
                unknown="not measured"
              />
              <TargetBar
                name="Work that would have been lost"
                value={data.lossSeconds}
                target={data.rpoSeconds}
                targetName="RPO"
                unknown="not measured"
              />
            </Stack>
          </Paper>
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
              [
                'Restored in',
                data.restoreSeconds === undefined ? undefined : durationWords(data.restoreSeconds),
              ],
              [
                'Verified in',
                data.verifySeconds === undefined ? undefined : durationWords(data.verifySeconds),
              ],
              ['Size', data.bytes === undefined ? undefined : sizeWords(data.bytes)],
              ['Files', data.files === undefined ? undefined : countWords(data.files)],
              ['Snapshot', data.snapshotId && <SnapshotLink key="snapshot" id={data.snapshotId} />],
            ]}
          />
          {data.checks.length === 0 ? null : (
            <Section title="What was compared">
              <Paper withBorder component="ul" className="plain rows">
                {data.checks.map(({ name, outcome, summary, differences }) => (
                  <li key={name}>
                    <Group justify="space-between" wrap="nowrap" align="flex-start">
                      <div>
                        <Text fw={600}>{name}</Text>
                        <Text size="sm" c="dimmed" className="breakable">
                          {summary}
                        </Text>
                      </div>
                      <StateBadge state={outcome} />
                    </Group>
                    {differences.map((difference) => (
                      <Text key={difference} size="sm" className="breakable">
                        {difference}
                      </Text>
                    ))}
                  </li>
                ))}
              </Paper>
            </Section>
          )}
          <Section title="What it said">
            <JobLog id={data.jobId} live={data.state === 'running'} />
          </Section>
        </Page>
      )}
    </Loaded>
  );
}
