import { useQuery } from '@tanstack/react-query';
import { query } from '../../api/queries.ts';
import { TextLink } from '../../parts/page/link.tsx';
import { Section } from '../../parts/page/section.tsx';
import { DataTable } from '../../parts/table/data-table.tsx';
import { Moment } from '../../parts/words/moment.tsx';

/** What others shared with who looks, as long as it lasts; not there when there is none. */
export function OwnGrants() {
  const { data } = useQuery(query('listVaultGrants', { query: { person: 'me', limit: 100 } }));
  const running = (data?.items ?? []).filter(({ state }) => state === 'active' || state === 'waiting');
  if (running.length === 0) return null;
  return (
    <Section title="Shared with you">
      <DataTable
        caption="What others shared with you"
        rows={running}
        keyOf={({ id }) => id}
        columns={[
          {
            name: 'Entry',
            cell: ({ entryId, entryName }) => (
              <TextLink to="/vault/$entry" params={{ entry: entryId }} className="breakable">
                {entryName}
              </TextLink>
            ),
          },
          { name: 'Reason', cell: ({ reason }) => reason },
          {
            name: 'When',
            cell: ({ state, startsAt, endsAt }) => (
              <span>
                {state === 'waiting' ? 'from ' : 'until '}
                <Moment at={state === 'waiting' ? startsAt : endsAt} />
              </span>
            ),
          },
          {
            name: 'Opened',
            numeric: true,
            cell: ({ openings, mostOpenings }) =>
              mostOpenings === undefined ? openings : `${openings} of ${mostOpenings}`,
          },
        ]}
      />
    </Section>
  );
}
