import { useInfiniteQuery } from '@tanstack/react-query';
import type { VaultEntry } from '../../api/operations.ts';
import { pages } from '../../api/queries.ts';
import { Empty } from '../../parts/empty.tsx';
import { OpeningTable } from '../../parts/opening-table.tsx';
import { Paged } from '../../parts/paged.tsx';
import { Section } from '../../parts/section.tsx';

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
