import { useInfiniteQuery } from '@tanstack/react-query';
import type { VaultEntry } from '../../api/operations.ts';
import { pages } from '../../api/queries.ts';
import { Empty } from '../../parts/notices/empty.tsx';
import { Section } from '../../parts/page/section.tsx';
import { OpeningTable } from '../../parts/records/opening-table.tsx';
import { Paged } from '../../parts/table/paged.tsx';

/** Who opened it, the newest first. */
export function EntryOpenings({ entry }: { readonly entry: VaultEntry }) {
  const openings = useInfiniteQuery(pages('listVaultOpenings', { query: { entry: entry.id, limit: 20 } }));
  return (
    <Section title="Who opened it">
      <Paged query={openings} empty={<Empty title="Nobody opened it" />}>
        {(items) => <OpeningTable openings={items} />}
      </Paged>
    </Section>
  );
}
