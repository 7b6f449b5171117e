import { Text } from '@mantine/core';
import { TextLink } from '../../parts/page/link.tsx';
import { Section } from '../../parts/page/section.tsx';
import { LongList } from '../../parts/table/long-list.tsx';
import { Moment } from '../../parts/words/moment.tsx';
import { countWords } from '../../parts/words/size-words.ts';

interface PlannedSnapshot {
  readonly id: string;
  readonly takenAt: string;
  readonly reasons?: readonly string[];
}

/** One side of a plan: those that go, or those that stay and why. The plan tells the first thousand. */
export function PlannedSnapshots(side: {
  readonly title: string;
  readonly count: number;
  readonly snapshots: readonly PlannedSnapshot[];
}) {
  const { title, count, snapshots } = side;
  if (count === 0) return null;
  return (
    <Section title={`${title}: ${countWords(count)}`}>
      <div className="planned">
        <LongList
          name={title}
          items={snapshots}
          height={56}
          keyOf={({ id }) => id}
          more={false}
          busy={false}
          fetchMore={() => undefined}
          row={({ id, takenAt, reasons = [] }) => (
            <div className="long-main">
              <TextLink to="/snapshots/$snapshot/files" params={{ snapshot: id }}>
                <Moment at={takenAt} form="exact" />
              </TextLink>
              <Text size="sm" c="dimmed" truncate>
                <code>{id.slice(0, 8)}</code>
                {reasons.map((reason) => `, ${reason}`)}
              </Text>
            </div>
          )}
        />
      </div>
      {count > snapshots.length ? (
        <Text size="sm" c="dimmed">
          and {countWords(count - snapshots.length)} more.
        </Text>
      ) : null}
    </Section>
  );
}
