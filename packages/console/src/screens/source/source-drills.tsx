import { useInfiniteQuery } from '@tanstack/react-query';
import { every } from '../../api/every.ts';
import type { Source } from '../../api/operations.ts';
import { pages } from '../../api/queries.ts';
import { DrillTable } from '../../parts/drill-table.tsx';
import { Empty } from '../../parts/empty.tsx';
import { Paged } from '../../parts/paged.tsx';
import { Section } from '../../parts/section.tsx';

export function SourceDrills({ source }: { source: Source }) {
  const drills = useInfiniteQuery({
    ...pages('listDrills', { query: { source: source.id, limit: 5 } }),
    refetchInterval: every(15_000),
  });
  return (
    <Section title="Drills">
      <Paged
        query={drills}
        empty={
          <Empty title="A restore of it was never rehearsed yet">
            A drill restores the newest backup into a scratch place, compares it with what was backed up, and
            measures how long that takes. A backup that was never restored is a hope.
          </Empty>
        }
      >
        {(items) => <DrillTable drills={items} withSource={false} />}
      </Paged>
    </Section>
  );
}
