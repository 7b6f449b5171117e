import { Group } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { pages } from '../../api/queries.ts';
import { SourceSelect } from '../../parts/forms/source-select.tsx';
import { Empty } from '../../parts/notices/empty.tsx';
import { TextLink } from '../../parts/page/link.tsx';
import { Loaded } from '../../parts/page/loaded.tsx';
import { Page } from '../../parts/page/page.tsx';
import { SnapshotRows } from './snapshot-rows.tsx';

/** What can be restored, the newest first; however many there are, those in sight are on the page. */
export function Snapshots() {
  const [source, setSource] = useState('');
  const snapshots = useInfiniteQuery({
    ...pages('listSnapshots', { query: { limit: 200, source: source || undefined } }),
    // To ask again would be to ask for every page that was scrolled through.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
  return (
    <Page
      title="Snapshots"
      lead="Of every backup that succeeded, the newest first. Retention may have removed old ones since: looking at one asks the repository."
      actions={
        <TextLink to="/snapshots/find" search={source === '' ? {} : { source }}>
          Find a file
        </TextLink>
      }
    >
      <Group>
        <SourceSelect value={source} onChange={setSource} />
      </Group>
      <Loaded query={snapshots}>
        {(items) =>
          items.length === 0 ? (
            <Empty title="There is no snapshot yet">
              Each backup that succeeds leaves one: the state of a source at one moment, from which all of it
              or single files come back.
            </Empty>
          ) : (
            <SnapshotRows
              snapshots={items}
              more={snapshots.hasNextPage}
              busy={snapshots.isFetchingNextPage}
              fetchMore={() => void snapshots.fetchNextPage()}
            />
          )
        }
      </Loaded>
    </Page>
  );
}
