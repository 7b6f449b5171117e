import { useInfiniteQuery } from '@tanstack/react-query';
import { pages } from '../../api/queries.ts';
import { Empty } from '../../parts/notices/empty.tsx';
import { TextLink } from '../../parts/page/link.tsx';
import { StateBadge } from '../../parts/records/state-badge.tsx';
import { DataTable } from '../../parts/table/data-table.tsx';
import { Paged } from '../../parts/table/paged.tsx';
import { Moment } from '../../parts/words/moment.tsx';
import { countWords, sizeWords } from '../../parts/words/size-words.ts';

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
