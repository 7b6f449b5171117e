import { Group, Progress, Text } from '@mantine/core';
import type { Job } from '../../api/operations.ts';
import { useSourceNames } from '../../api/source-names.ts';
import { StateBadge } from '../records/state-badge.tsx';
import { attemptsWords } from '../words/attempts-words.ts';
import { Moment } from '../words/moment.tsx';
import { countWords, sizeWords } from '../words/size-words.ts';
import { workWords } from '../words/work-words.ts';

type Progressed = NonNullable<Job['progress']>;

/** "Backup of shop files" */
export function useJobName(): (job: Job) => string {
  const nameOf = useSourceNames();
  return ({ kind, sourceId, repository }) => {
    const what = workWords(kind);
    if (repository !== undefined) return `${what}: ${repository}`;
    return sourceId === undefined ? what : `${what} of ${nameOf(sourceId)}`;
  };
}

/** What a job is, in which state, and how far it has come. */
export function JobProgress({ job }: { job: Job }) {
  const name = useJobName()(job);
  // The last that was said of what ended well is not how it ended: "0 of 1".
  const progress = job.state === 'succeeded' ? undefined : job.progress;
  const share = progress === undefined ? undefined : percentOf(progress);
  return (
    <>
      <Group justify="space-between" gap="xs">
        <Text fw={600}>{name}</Text>
        <StateBadge state={job.state} />
      </Group>
      <Text size="sm" c="dimmed">
        {job.startedAt === undefined ? 'waits' : <Moment at={job.startedAt} />}
        {progress === undefined ? '' : `, ${progress.step}${amount(progress)}`}
      </Text>
      <AttemptBefore job={job} />
      {job.state === 'running' ? (
        <Progress.Root mt="xs">
          <Progress.Section
            value={share ?? 100}
            animated={share === undefined}
            striped={share === undefined}
            aria-label={name}
            aria-valuetext={share === undefined ? 'under way' : `${Math.round(share)} %`}
          />
        </Progress.Root>
      ) : null}
    </>
  );
}

/** That it is tried again, and why; nothing of it once it has ended. */
function AttemptBefore({ job }: { readonly job: Job }) {
  const { state, runAt, lastFailure } = job;
  if (lastFailure === undefined || (state !== 'queued' && state !== 'running')) return null;
  return (
    <Text size="sm" c="dimmed" className="breakable">
      {state === 'running' ? (
        `Attempt ${attemptsWords(job)}`
      ) : (
        <>
          Tried again <Moment at={runAt} />
        </>
      )}
      ; the one before ended: {lastFailure.message}
    </Text>
  );
}

/** By files where nothing has bytes; undefined as long as nobody knows how much there is. */
function percentOf({ done = 0, total, files = 0, filesTotal }: Progressed): number | undefined {
  if (total) return Math.min(100, (100 * done) / total);
  return filesTotal ? Math.min(100, (100 * files) / filesTotal) : undefined;
}

/** ": 1.2 MiB of 4.0 MiB, 12 of 40 files" */
function amount({ done, total, unit, files, filesTotal }: Progressed): string {
  if (done === undefined) return '';
  const noun = unit === undefined || unit === 'bytes' ? '' : ` ${unit}`;
  const words = `: ${doneOf(done, total, unit === 'bytes' ? sizeWords : countWords)}${noun}`;
  return files === undefined ? words : `${words}, ${doneOf(files, filesTotal, countWords)} files`;
}

const doneOf = (done: number, total: number | undefined, words: (value: number) => string): string =>
  total === undefined ? words(done) : `${words(done)} of ${words(total)}`;
