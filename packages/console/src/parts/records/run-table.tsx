import type { Run } from '../../api/operations.ts';
import { useSourceNames } from '../../api/source-names.ts';
import { TextLink } from '../page/link.tsx';
import { DataTable } from '../table/data-table.tsx';
import { Moment } from '../words/moment.tsx';
import { countWords, sizeWords } from '../words/size-words.ts';
import { durationWords } from '../words/time-words.ts';
import { StateBadge } from './state-badge.tsx';

/** Runs, each with the way to it. */
export function RunTable({
  runs,
  withSource,
}: {
  readonly runs: readonly Run[];
  readonly withSource: boolean;
}) {
  const nameOf = useSourceNames();
  return (
    <DataTable
      caption="Backups, the newest first"
      rows={runs}
      keyOf={({ id }) => id}
      columns={[
        {
          name: 'Begun',
          cell: ({ id, startedAt }) => (
            <TextLink to="/runs/$run" params={{ run: String(id) }}>
              <Moment at={startedAt} />
            </TextLink>
          ),
        },
        ...(withSource ? [{ name: 'Source', cell: ({ sourceId }: Run) => nameOf(sourceId) }] : []),
        {
          name: 'State',
          cell: ({ state, suspect }) => (
            <StateBadge state={suspect && state === 'succeeded' ? 'suspect' : state} />
          ),
        },
        { name: 'Why', cell: ({ reason }) => reason },
        {
          name: 'Took',
          numeric: true,
          cell: ({ durationSeconds }) =>
            durationSeconds === undefined ? '' : durationWords(durationSeconds),
        },
        { name: 'Files', numeric: true, cell: ({ files }) => (files === undefined ? '' : countWords(files)) },
        {
          name: 'Read',
          numeric: true,
          cell: ({ bytesRead }) => (bytesRead === undefined ? '' : sizeWords(bytesRead)),
        },
        {
          name: 'Stored',
          numeric: true,
          cell: ({ bytesStored }) => (bytesStored === undefined ? '' : sizeWords(bytesStored)),
        },
      ]}
    />
  );
}
