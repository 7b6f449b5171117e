import { useInfiniteQuery } from '@tanstack/react-query';
import { pages } from '../../api/queries.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { Empty } from '../../parts/empty.tsx';
import { TextLink } from '../../parts/link.tsx';
import { Moment } from '../../parts/moment.tsx';
import { Paged } from '../../parts/paged.tsx';
import { countWords, sizeWords } from '../../parts/size-words.ts';
import { StateBadge } from '../../parts/state-badge.tsx';

/** Every attempt to bring a copy up to date, the newest first. */
export function Mirrors() {
  const mirrors = useInfiniteQuery(pages('listMirrors', { query: { limit: 20 } }));
  return (
    <Paged
      query={mirrors}
      empty={
        <Empty title="Nothing was sent yet">Each backup is sent to every copy after it was taken.</Empty>
      }
    >
      {(items) => (
        <DataTable
          caption="What was sent, the newest first"
          rows={items}
          keyOf={({ id }) => id}
          columns={[
            {
              name: 'Begun',
              cell: ({ startedAt, jobId }) => (
                <TextLink to="/jobs/$job" params={{ job: String(jobId) }}>
                  <Moment at={startedAt} />
                </TextLink>
              ),
            },
            { name: 'To', cell: ({ repository }) => repository },
            { name: 'State', cell: ({ state }) => <StateBadge state={state} /> },
            {
              name: 'Sent',
              numeric: true,
              cell: ({ bytesCopied, objectsCopied }) =>
                bytesCopied === undefined
                  ? '–'
                  : `${sizeWords(bytesCopied)}${objectsCopied === undefined ? '' : ` in ${countWords(objectsCopied)} files`}`,
            },
            { name: 'Why it failed', cell: ({ failure }) => failure?.message ?? '–' },
          ]}
        />
      )}
    </Paged>
  );
}
