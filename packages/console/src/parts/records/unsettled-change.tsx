import { Alert, Button, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useMay } from '../../api/caller.ts';
import { every } from '../../api/every.ts';
import type { UnsettledChange as Change } from '../../api/operations.ts';
import { query, thing } from '../../api/queries.ts';
import { useSourceNames } from '../../api/source-names.ts';
import { AcceptChange } from '../forms/accept-change.tsx';
import { Icon } from '../page/icon.tsx';
import { TextLink } from '../page/link.tsx';
import { Moment } from '../words/moment.tsx';
import { SnapshotLink } from './snapshot-link.tsx';

const shownFindings = 20;

/** What is wrong with a source until somebody settles it, and the dialogue that does; nothing while all is well. */
export function UnsettledChange({ sourceId }: { readonly sourceId: string }) {
  const may = useMay();
  const nameOf = useSourceNames();
  const open = useQuery({
    ...query('listUnsettledChanges', { query: { limit: 200 } }),
    enabled: may('sources.read'),
    refetchInterval: every(15_000),
  }).data?.items.some((change) => change.sourceId === sourceId);
  const found = useQuery({
    ...thing('getUnsettledChange', { params: { id: sourceId } }),
    enabled: open === true,
    refetchInterval: every(15_000),
  });
  const [opened, dialog] = useDisclosure(false);
  // Somebody else may settle it while the dialogue is open: that says so, and what was typed is not lost.
  if (found.data === undefined || (open !== true && !opened)) return null;
  const { data: change, etag } = found.data;
  return (
    <Alert color="orange" icon={<Icon name="warning" />} title={titleOf(change)}>
      <Text size="sm">
        Seen first <Moment at={change.startedAt} />. Until somebody settles it no promise rests on newer
        backups, and no restore takes one by itself.
      </Text>
      <Findings change={change} />
      <Kept change={change} />
      {may('sources.change') ? (
        <Button mt="sm" size="sm" variant="default" onClick={dialog.open}>
          It was meant …
        </Button>
      ) : (
        <Text size="sm">An owner or an operator decides whether it was meant.</Text>
      )}
      {opened ? (
        <AcceptChange
          change={change}
          name={nameOf(sourceId)}
          etag={etag}
          refetch={() => void found.refetch()}
          close={dialog.close}
        />
      ) : null}
    </Alert>
  );
}

export const isSuspicion = ({ findings }: Change): boolean =>
  findings.length > 0 && findings.every(({ kind }) => kind === 'suspicious');

const titleOf = (change: Change): string =>
  isSuspicion(change) ? 'A backup of it looks suspicious' : 'Something is missing from it';

/** What changed, in the words of who saw it; also in the plan. */
export const Findings = ({ change: { findings } }: { readonly change: Change }) => (
  <>
    <ul>
      {findings.slice(0, shownFindings).map(({ kind, object, summary }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: one object may be found twice
        <li key={`${kind} ${object} ${index}`}>
          <Text size="sm" className="breakable">
            {summary}
          </Text>
        </li>
      ))}
    </ul>
    {findings.length > shownFindings ? (
      <Text size="sm">and {findings.length - shownFindings} more.</Text>
    ) : null}
  </>
);

/** What there is to go back to. */
function Kept({ change }: { readonly change: Change }) {
  const { referenceSnapshotId: id, sourceId } = change;
  const may = useMay();
  const looksIn = may('snapshots.read') && id !== undefined;
  const snapshot = useQuery({
    ...query('getSnapshot', { params: { id: id ?? '' } }),
    enabled: looksIn,
    staleTime: 60_000,
  }).data;
  if (id === undefined) return <Text size="sm">No snapshot from before is known.</Text>;
  return (
    <Text size="sm">
      The last good snapshot from before: <SnapshotLink id={id} />
      {snapshot?.recoveryPointAt === undefined ? null : (
        <>
          , as it was <Moment at={snapshot.recoveryPointAt} />
        </>
      )}
      {snapshot === undefined ? '' : `, ${storedWords[snapshot.stored]}`}.{' '}
      {change.findings.some(({ kind }) => kind === 'suspicious')
        ? 'Retention keeps it and all before it meanwhile. '
        : ''}
      {may('restores.run') ? (
        <TextLink to="/restore" search={{ source: sourceId, snapshot: id }}>
          Restore it
        </TextLink>
      ) : null}
    </Text>
  );
}

const storedWords = {
  yes: 'it is in the repository',
  no: 'the repository does not have it any more',
  unknown: 'the repository could not be asked for it',
} as const;
