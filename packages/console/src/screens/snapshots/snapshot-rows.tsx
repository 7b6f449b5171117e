import { Text } from '@mantine/core';
import type { TakenSnapshot } from '../../api/operations.ts';
import { useSourceNames } from '../../api/source-names.ts';
import { TextLink } from '../../parts/page/link.tsx';
import { LongList } from '../../parts/table/long-list.tsx';
import { Moment } from '../../parts/words/moment.tsx';
import { countWords, filesWords, sizeWords } from '../../parts/words/size-words.ts';

/** The rows of snapshots in sight. */
export function SnapshotRows(rows: {
  readonly snapshots: readonly TakenSnapshot[];
  readonly more: boolean;
  readonly busy: boolean;
  readonly fetchMore: () => void;
}) {
  const nameOf = useSourceNames();
  const { snapshots, more } = rows;
  return (
    <>
      <LongList
        name="Snapshots, the newest first"
        items={snapshots}
        height={64}
        keyOf={({ id }) => id}
        more={more}
        busy={rows.busy}
        fetchMore={rows.fetchMore}
        row={({
          id,
          sourceId,
          runId,
          recoveryPointAt,
          startedAt,
          bytesRead,
          files,
          suspect,
          tookPlaceOf,
        }) => (
          <>
            <div className="long-main">
              <TextLink to="/runs/$run" params={{ run: String(runId) }}>
                {nameOf(sourceId)}, <Moment at={recoveryPointAt ?? startedAt} />
              </TextLink>
              <Text size="sm" c="dimmed" truncate>
                <code>{id.slice(0, 8)}</code>{' '}
                <TextLink to="/snapshots/$snapshot/files" params={{ snapshot: id }}>
                  Its files
                </TextLink>
                {marksOf(suspect, tookPlaceOf)}
              </Text>
            </div>
            <Text size="sm" c="dimmed" className="long-side">
              {bytesRead === undefined ? '' : sizeWords(bytesRead)}
              {files === undefined ? '' : `, ${filesWords(files)}`}
            </Text>
          </>
        )}
      />
      <Text size="sm" c="dimmed" role="status">
        {countWords(snapshots.length)} {more ? 'so far; more come while you scroll' : 'in all'}
      </Text>
    </>
  );
}

const marksOf = (suspect: boolean, before: TakenSnapshot['tookPlaceOf'] = []): string => {
  const was = (what: string): boolean => before.some(({ how }) => how === what);
  if (was('repaired')) return ', repaired: something of it is lost';
  const rewritten = was('rewritten') ? ', rewritten' : '';
  return suspect
    ? `, suspect: the source lacked something then, or was unlike before${rewritten}`
    : rewritten;
};
