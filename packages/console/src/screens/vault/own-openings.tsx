import { useInfiniteQuery } from '@tanstack/react-query';
import { pages } from '../../api/queries.ts';
import { Empty } from '../../parts/notices/empty.tsx';
import { Section } from '../../parts/page/section.tsx';
import { OpeningTable } from '../../parts/records/opening-table.tsx';
import { Paged } from '../../parts/table/paged.tsx';

/** Each opening of what who looks keeps, the newest first. */
export function OwnOpenings() {
  const openings = useInfiniteQuery(pages('listVaultOpenings', { query: { owner: 'me', limit: 20 } }));
  return (
    <Section title="Openings of what you keep">
      <Paged
        query={openings}
        empty={
          <Empty title="Nothing of yours was opened">
            Whoever opens one of your entries, you among them, is entered here before the secret is shown.
          </Empty>
        }
      >
        {(items) => <OpeningTable openings={items} withEntry />}
      </Paged>
    </Section>
  );
}
