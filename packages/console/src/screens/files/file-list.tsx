import { Button, Group, Loader, Paper, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, useState } from 'react';
import type { SnapshotFile } from '../../api/operations.ts';
import { pagesAs } from '../../api/queries.ts';
import { Empty } from '../../parts/notices/empty.tsx';
import { ProblemNotice } from '../../parts/notices/problem-notice.tsx';
import { Loaded } from '../../parts/page/loaded.tsx';
import { useProof } from '../../parts/proof.tsx';
import { download } from '../../parts/records/download.ts';
import { goByKeys } from '../../parts/table/row-keys.ts';
import { Rows } from '../../parts/table/rows.ts';
import { countWords } from '../../parts/words/size-words.ts';
import { FileRow, rowHeight } from './file-row.tsx';

const pageSize = 200;
/** So many rows before the end of what is known the next ones are fetched. */
const ahead = 100;

interface Place {
  readonly source: string;
  readonly snapshot: string;
  readonly path: string;
  readonly search: string | undefined;
}

/** A folder, or what a search found: only the rows in sight are on the page, and more are fetched as one comes near. */
export function FileList({ source, snapshot, path, search }: Place) {
  const asked = { params: { id: snapshot }, query: { path, search, limit: pageSize } };
  const list = useInfiniteQuery({
    ...pagesAs('listSnapshotFiles', asked, (pages) => new Rows(pages)),
    // What is in a snapshot never changes, and a large folder is not read again.
    staleTime: Number.POSITIVE_INFINITY,
    structuralSharing: false,
  });
  return (
    <Loaded query={list} rows={8}>
      {(rows) =>
        rows.count === 0 && !list.hasNextPage ? (
          <Nothing search={search} />
        ) : (
          <List
            source={source}
            snapshot={snapshot}
            rows={rows}
            searched={search === undefined ? undefined : path}
            hasMore={list.hasNextPage}
            isFetching={list.isFetchingNextPage}
            error={list.isFetchNextPageError ? list.error : null}
            more={() => void list.fetchNextPage()}
          />
        )
      }
    </Loaded>
  );
}

const Nothing = ({ search }: { search: string | undefined }) =>
  search === undefined ? (
    <Empty title="This folder is empty">It was empty when the snapshot was taken.</Empty>
  ) : (
    <Empty title="Nothing has such a name">
      The whole of what is below this folder was looked at. Without <code>*</code> a part of the name is
      enough; large and small letters are alike.
    </Empty>
  );

function List(list: {
  readonly source: string;
  readonly snapshot: string;
  readonly rows: Rows<SnapshotFile>;
  /** The folder that was searched; undefined: it is only shown. */
  readonly searched: string | undefined;
  readonly hasMore: boolean;
  readonly isFetching: boolean;
  readonly error: Error | null;
  readonly more: () => void;
}) {
  const { source, snapshot, rows, searched, hasMore, isFetching, error, more } = list;
  const isSearch = searched !== undefined;
  const scroller = useRef<HTMLDivElement>(null);
  const [failure, setFailure] = useState<unknown>();
  const { ready, dialog } = useProof();
  const virtual = useVirtualizer({
    count: rows.count,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
  });
  const shown = virtual.getVirtualItems();
  const last = shown.at(-1)?.index ?? 0;
  const isNear = hasMore && !isFetching && error === null && last + ahead >= rows.count;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a page of a search may be empty; the next one is asked for then
  useEffect(() => {
    if (isNear) more();
  }, [isNear, rows]);
  const fetchFile = (file: SnapshotFile): void => {
    setFailure(undefined);
    const id = file.kind === 'folder' ? 'downloadSnapshotFolder' : 'downloadSnapshotFile';
    download(id, snapshot, file.path, ready).catch(setFailure);
  };
  return (
    <>
      <Text size="sm" c="dimmed" role="status">
        {countWords(rows.count)} {isSearch ? 'found' : rows.count === 1 ? 'entry' : 'entries'}
        {hasMore ? (isSearch ? ' so far, looking on' : ' so far; more come as you scroll') : ''}
        {hasMore && isFetching ? <Loader size={12} ml={8} aria-hidden /> : null}
      </Text>
      {failure === undefined ? null : <ProblemNotice error={failure} />}
      <Paper withBorder className="files">
        {/* biome-ignore lint/a11y/useSemanticElements: a table of the browser has no rows that are not there */}
        <div
          ref={scroller}
          className="files-scroller"
          role="table"
          aria-label={isSearch ? 'What was found' : 'What is in the folder'}
          aria-rowcount={hasMore ? -1 : rows.count}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be reached by the keyboard
          tabIndex={0}
          onKeyDown={(event) => goByKeys(event, rows.count, virtual.scrollToIndex)}
        >
          {/* biome-ignore lint/a11y/useSemanticElements: likewise */}
          <div role="rowgroup" style={{ height: virtual.getTotalSize(), position: 'relative' }}>
            {shown.map(({ index, start }) => {
              const file = rows.at(index);
              return file === undefined ? null : (
                <FileRow
                  key={index}
                  source={source}
                  snapshot={snapshot}
                  file={file}
                  index={index}
                  top={start}
                  searched={searched}
                  download={fetchFile}
                />
              );
            })}
          </div>
        </div>
      </Paper>
      {error === null ? null : (
        <Group>
          <ProblemNotice error={error} />
          <Button variant="default" onClick={more}>
            Go on
          </Button>
        </Group>
      )}
      {dialog}
    </>
  );
}
