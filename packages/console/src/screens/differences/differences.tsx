import { Checkbox, Group, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { query } from '../../api/queries.ts';
import { useSourceNames } from '../../api/source-names.ts';
import { Empty } from '../../parts/notices/empty.tsx';
import { TextLink } from '../../parts/page/link.tsx';
import { Loaded } from '../../parts/page/loaded.tsx';
import { Page } from '../../parts/page/page.tsx';
import { shownPath } from '../../parts/records/snapshot-paths.ts';
import { Moment } from '../../parts/words/moment.tsx';
import { DifferenceList } from './difference-list.tsx';
import './differences.css';
import { OtherSnapshot } from './other-snapshot.tsx';

const route = getRouteApi('/snapshots/$snapshot/differences');

/** What became different between a snapshot and another one of its source, whichever of the two is looked at. */
export function Differences() {
  const { snapshot: id } = route.useParams();
  const { since, path = '/', metadata = false } = route.useSearch();
  const navigate = useNavigate({ from: '/snapshots/$snapshot/differences' });
  const snapshot = useQuery(query('getSnapshot', { params: { id } }));
  const nameOf = useSourceNames();
  const change = (wanted: { since?: string | undefined; metadata?: boolean | undefined }) =>
    void navigate({ search: { since, path, metadata: metadata || undefined, ...wanted }, replace: true });
  return (
    <Page
      title="Compare snapshots"
      lead={
        snapshot.data && (
          <>
            Snapshot {id.slice(0, 8)} of {nameOf(snapshot.data.sourceId)}, taken{' '}
            <Moment at={snapshot.data.startedAt} />.
          </>
        )
      }
      actions={
        <TextLink
          to="/snapshots/$snapshot/files"
          params={{ snapshot: id }}
          search={path === '/' ? {} : { path }}
        >
          Its files
        </TextLink>
      }
    >
      <Loaded query={snapshot}>
        {({ sourceId, startedAt }) => (
          <>
            <Group align="flex-end">
              <OtherSnapshot
                source={sourceId}
                id={id}
                value={since ?? ''}
                choose={(other) => change({ since: other || undefined })}
              />
              <Checkbox
                label="Also where only owner, mode, times or attributes are others"
                checked={metadata}
                onChange={({ currentTarget }) => change({ metadata: currentTarget.checked || undefined })}
                mb={8}
              />
            </Group>
            {path === '/' ? null : (
              <Text size="sm" className="breakable">
                Only below <bdi>{shownPath(path)}</bdi>.{' '}
                <TextLink
                  underline="always"
                  to="/snapshots/$snapshot/differences"
                  params={{ snapshot: id }}
                  search={{ ...(since === undefined ? {} : { since }), ...(metadata ? { metadata } : {}) }}
                >
                  All of it
                </TextLink>
              </Text>
            )}
            {since === undefined ? (
              <Empty title="Choose a snapshot to compare with">
                What was added, removed or changed between the two is listed then, the older one being what it
                was before. The address holds the choice, and can be handed on.
              </Empty>
            ) : (
              <Between
                key={`${id} ${since} ${path} ${metadata}`}
                {...{ id, startedAt, since, path, metadata }}
              />
            )}
          </>
        )}
      </Loaded>
    </Page>
  );
}

/** The older of the two is what was before. */
function Between(between: {
  readonly id: string;
  readonly startedAt: string;
  readonly since: string;
  readonly path: string;
  readonly metadata: boolean;
}) {
  const { id, startedAt, since, path, metadata } = between;
  const other = useQuery(query('getSnapshot', { params: { id: since } }));
  return (
    <Loaded query={other} rows={8}>
      {({ startedAt: otherStartedAt }) => {
        const isOlder = Date.parse(otherStartedAt) <= Date.parse(startedAt);
        const [before, after] = isOlder ? [since, id] : [id, since];
        const [from, to] = isOlder ? [otherStartedAt, startedAt] : [startedAt, otherStartedAt];
        return (
          <>
            <Text size="sm">
              From <Moment at={from} /> (<code>{before.slice(0, 8)}</code>) to <Moment at={to} /> (
              <code>{after.slice(0, 8)}</code>):
            </Text>
            <DifferenceList {...{ before, after, path, metadata }} />
          </>
        );
      }}
    </Loaded>
  );
}
