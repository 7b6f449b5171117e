import { useInfiniteQuery } from '@tanstack/react-query';
import { every } from '../../api/every.ts';
import type { Source } from '../../api/operations.ts';
import { pages } from '../../api/queries.ts';
import { Empty } from '../../parts/notices/empty.tsx';
import { Section } from '../../parts/page/section.tsx';
import { RunTable } from '../../parts/records/run-table.tsx';
import { Paged } from '../../parts/table/paged.tsx';

export function SourceRuns({ source }: { source: Source }) {
  const runs = useInfiniteQuery({
    ...pages('listRuns', { query: { source: source.id, limit: 10 } }),
    refetchInterval: every(15_000),
  });
  return (
    <Section title="Backups">
      <Paged
        query={runs}
        empty={
          <Empty title="It was never backed up yet">
            The first backup begins with its schedule, or now with the button above. Until then its promises
            are not kept.
          </Empty>
        }
      >
        {(items) => <RunTable runs={items} withSource={false} />}
      </Paged>
    </Section>
  );
}
