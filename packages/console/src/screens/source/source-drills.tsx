import { useInfiniteQuery } from '@tanstack/react-query';
import { every } from '../../api/every.ts';
import type { Source } from '../../api/operations.ts';
import { pages } from '../../api/queries.ts';
import { Empty } from '../../parts/notices/empty.tsx';
import { Section } from '../../parts/page/section.tsx';
import { DrillTable } from '../../parts/records/drill-table.tsx';
import { Paged } from '../../parts/table/paged.tsx';

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
