import { Button, Group, Paper } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Navigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useMay } from '../../api/caller.ts';
import { thing } from '../../api/queries.ts';
import { useSourceNames } from '../../api/source-names.ts';
import { ForgetDialog } from '../../parts/dialog/forget-dialog.tsx';
import { LiveJob } from '../../parts/jobs/live-job.tsx';
import { Empty } from '../../parts/notices/empty.tsx';
import { TextLink } from '../../parts/page/link.tsx';
import { Loaded } from '../../parts/page/loaded.tsx';
import { Page } from '../../parts/page/page.tsx';
import { Moment } from '../../parts/words/moment.tsx';
import './files.css';
import { ChangeTags } from './change-tags.tsx';
import { FileList } from './file-list.tsx';
import { Search } from './search.tsx';
import { SnapshotMarks } from './snapshot-marks.tsx';
import { Way } from './way.tsx';

const route = getRouteApi('/snapshots/$snapshot/files');

/** What is in a snapshot: its folders, a search below one, and any file of it. */
export function Files() {
  const { snapshot: id } = route.useParams();
  const { path = '/', search } = route.useSearch();
  const found = useQuery(thing('getSnapshot', { params: { id } }));
  const snapshot = found.data?.data;
  const nameOf = useSourceNames();
  const may = useMay();
  const [forgetting, { open, close }] = useDisclosure(false);
  const [tagging, tags] = useDisclosure(false);
  const [job, setJob] = useState<number>();
  // By an id that it had before; what was begun here goes on.
  if (snapshot !== undefined && snapshot.id !== id)
    return <Navigate to="/snapshots/$snapshot/files" params={{ snapshot: snapshot.id }} search replace />;
  const lead = snapshot && (
    <>
      Snapshot {id.slice(0, 8)} of {nameOf(snapshot.sourceId)}, taken <Moment at={snapshot.startedAt} />.
    </>
  );
  return (
    <Page
      title="Files in a snapshot"
      lead={lead}
      actions={
        snapshot === undefined ? undefined : (
          <Group gap="sm">
            {snapshot.stored === 'no' ? null : (
              <TextLink
                to="/snapshots/$snapshot/differences"
                params={{ snapshot: id }}
                search={path === '/' ? {} : { path }}
              >
                Compare with …
              </TextLink>
            )}
            {may('restores.run') && snapshot.stored !== 'no' ? (
              <TextLink to="/restore" search={{ source: snapshot.sourceId, snapshot: id }}>
                Restore all of it
              </TextLink>
            ) : null}
            {may('snapshots.change') && snapshot.tags !== undefined ? (
              <Button variant="default" size="sm" onClick={tags.open}>
                Tags …
              </Button>
            ) : null}
            {may('snapshots.remove') && snapshot.stored !== 'no' ? (
              <Button variant="default" size="sm" onClick={open}>
                Forget it …
              </Button>
            ) : null}
          </Group>
        )
      }
    >
      {forgetting ? (
        <ForgetDialog
          wish={{ snapshots: [id] }}
          title={`Forget snapshot ${id.slice(0, 8)}`}
          confirm="Forget it"
          close={close}
          begun={setJob}
        />
      ) : null}
      {tagging && snapshot !== undefined ? (
        <ChangeTags
          snapshot={snapshot}
          etag={found.data?.etag}
          refetch={() => void found.refetch()}
          close={tags.close}
          begun={setJob}
        />
      ) : null}
      {job === undefined ? null : (
        <Paper withBorder p="sm">
          <LiveJob id={job} />
        </Paper>
      )}
      <Loaded query={found} rows={6}>
        {({ data }) =>
          data.stored === 'no' ? (
            <Empty title="This snapshot was forgotten">
              The repository has this snapshot no more: retention forgot it, or somebody removed it. Nothing
              of it can be had from here, although its space may not be freed yet; a copy off site may still
              have it.
            </Empty>
          ) : (
            <>
              <SnapshotMarks snapshot={data} />
              <Way snapshot={id} path={path} />
              <Search key={`${path} ${search ?? ''}`} source={data.sourceId} path={path} search={search} />
              <FileList
                key={`list ${path} ${search ?? ''}`}
                source={data.sourceId}
                snapshot={id}
                path={path}
                search={search}
              />
            </>
          )
        }
      </Loaded>
    </Page>
  );
}
