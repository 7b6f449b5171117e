import { Button, Group, Paper, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { useMay } from '../../api/caller.ts';
import { query } from '../../api/queries.ts';
import { useSourceNames } from '../../api/source-names.ts';
import { ForgetDialog } from '../../parts/dialog/forget-dialog.tsx';
import { LiveJob } from '../../parts/jobs/live-job.tsx';
import { Empty } from '../../parts/notices/empty.tsx';
import { TextLink } from '../../parts/page/link.tsx';
import { Loaded } from '../../parts/page/loaded.tsx';
import { Page } from '../../parts/page/page.tsx';
import { Moment } from '../../parts/words/moment.tsx';
import './files.css';
import { FileList } from './file-list.tsx';
import { Search } from './search.tsx';
import { Way } from './way.tsx';

const route = getRouteApi('/snapshots/$snapshot/files');

/** What is in a snapshot: its folders, a search below one, and any file of it. */
export function Files() {
  const { snapshot: id } = route.useParams();
  const { path = '/', search } = route.useSearch();
  const snapshot = useQuery(query('getSnapshot', { params: { id } }));
  const nameOf = useSourceNames();
  const may = useMay();
  const [forgetting, { open, close }] = useDisclosure(false);
  const [job, setJob] = useState<number>();
  const lead = snapshot.data && (
    <>
      Snapshot {id.slice(0, 8)} of {nameOf(snapshot.data.sourceId)}, taken{' '}
      <Moment at={snapshot.data.startedAt} />.
    </>
  );
  return (
    <Page
      title="Files in a snapshot"
      lead={lead}
      actions={
        snapshot.data === undefined ? undefined : (
          <Group gap="sm">
            {snapshot.data.stored === 'no' ? null : (
              <TextLink
                to="/snapshots/$snapshot/differences"
                params={{ snapshot: id }}
                search={path === '/' ? {} : { path }}
              >
                Compare with …
              </TextLink>
            )}
            {may('restores.run') && snapshot.data.stored !== 'no' ? (
              <TextLink to="/restore" search={{ source: snapshot.data.sourceId, snapshot: id }}>
                Restore all of it
              </TextLink>
            ) : null}
            {may('snapshots.remove') && snapshot.data.stored !== 'no' ? (
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
      {job === undefined ? null : (
        <Paper withBorder p="sm">
          <LiveJob id={job} />
        </Paper>
      )}
      <Loaded query={snapshot} rows={6}>
        {({ sourceId, stored, suspect }) =>
          stored === 'no' ? (
            <Empty title="This snapshot was forgotten">
              The repository has this snapshot no more: retention forgot it, or somebody removed it. Nothing
              of it can be had from here, although its space may not be freed yet; a copy off site may still
              have it.
            </Empty>
          ) : (
            <>
              {suspect ? (
                <Text>
                  It is suspect: something of the source was missing then, or it is unlike those before it.
                  Compare it with an earlier one.
                </Text>
              ) : null}
              <Way snapshot={id} path={path} />
              <Search key={`${path} ${search ?? ''}`} source={sourceId} path={path} search={search} />
              <FileList
                key={`list ${path} ${search ?? ''}`}
                source={sourceId}
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
