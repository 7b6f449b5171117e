import { Paper, Text } from '@mantine/core';
import type { RestorePlan, Source } from '../../api/operations.ts';
import { Facts } from '../../parts/page/facts.tsx';
import { Icon } from '../../parts/page/icon.tsx';
import { Moment } from '../../parts/words/moment.tsx';
import { countWords, sizeWords } from '../../parts/words/size-words.ts';
import { durationWords, fullTime } from '../../parts/words/time-words.ts';

/** What a restore replaces, by what, what is lost, and how long it takes as far as that was measured. */
export function PlanShown(props: { readonly plan: RestorePlan; readonly kind: Source['kind'] | undefined }) {
  const { plan, kind } = props;
  const { recoveryPointAt, bytes, files, estimateSeconds, newerBackups } = plan;
  return (
    <>
      <Paper withBorder p="md" className="finding" data-severity="bad">
        <ul className="plain plan">
          {kind === 'files' ? (
            <>
              <Step sign="cross" label="Replaced:">
                Every file of the snapshot that is at <code className="breakable">{plan.replaces}</code> (
                {plan.sourceName}). What it holds now is not kept
              </Step>
              <Step sign="check" label="Stays:">
                What is there and is not in the snapshot
              </Step>
            </>
          ) : (
            <Step sign="cross" label="Replaced:">
              All that is at <code className="breakable">{plan.replaces}</code> ({plan.sourceName})
              {kind === undefined ? null : '. The old one is kept beside it, under another name'}
            </Step>
          )}
          <Step sign="warning" label="Lost:">
            What was done since {fullTime(new Date(recoveryPointAt))}: {durationWords(plan.lossSeconds)} of
            work
          </Step>
          {newerBackups === 0 ? null : (
            <Step sign="warning" label="Careful:">
              {countWords(newerBackups)} newer good {newerBackups === 1 ? 'backup' : 'backups'} would lose
              less
            </Step>
          )}
          {plan.suspect ? (
            <Step sign="warning" label="Careful:">
              It was taken while the source was known to lack something
            </Step>
          ) : null}
          {plan.stored === 'yes' ? null : (
            <Step sign="unknown" label="Unknown:">
              Whether the repository has this snapshot: it did not answer within ten seconds
            </Step>
          )}
        </ul>
      </Paper>
      <Facts
        facts={[
          ['Snapshot', <code key="id">{plan.snapshotId.slice(0, 16)}</code>],
          ['As it was', <Moment key="at" at={recoveryPointAt} />],
          ['Size', bytes === undefined ? undefined : sizeWords(bytes)],
          ['Files', files === undefined ? undefined : countWords(files)],
          [
            'It will take',
            estimateSeconds === undefined
              ? 'Not known: no drill of this source has passed'
              : `about ${durationWords(estimateSeconds)}`,
          ],
          ['That rests on', plan.estimateBasis],
        ]}
      />
      <Text size="sm" c="dimmed">
        The plan is good until <Moment at={plan.expiresAt} form="clock" />, once, and not any more when the
        source is changed meanwhile.
      </Text>
    </>
  );
}

const Step = (step: {
  readonly sign: 'cross' | 'warning' | 'unknown' | 'check';
  readonly label: string;
  readonly children: React.ReactNode;
}) => (
  <li data-what={step.sign === 'cross' ? 'removed' : step.sign === 'check' ? 'stays' : 'changed'}>
    <Icon name={step.sign} label={step.label} />
    <Text component="div" className="breakable">
      <b>{step.label}</b> {step.children}
    </Text>
  </li>
);
