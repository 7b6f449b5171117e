import { Button, Group, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useMay } from '../../api/caller.ts';
import { every } from '../../api/every.ts';
import type { Source as SourceThing } from '../../api/operations.ts';
import { query, thing } from '../../api/queries.ts';
import { Facts } from '../../parts/page/facts.tsx';
import { TextLink } from '../../parts/page/link.tsx';
import { Loaded } from '../../parts/page/loaded.tsx';
import { Page } from '../../parts/page/page.tsx';
import { Section } from '../../parts/page/section.tsx';
import { PromiseList } from '../../parts/records/promise-list.tsx';
import { StateBadge } from '../../parts/records/state-badge.tsx';
import { UnsettledChange } from '../../parts/records/unsettled-change.tsx';
import { Moment } from '../../parts/words/moment.tsx';
import { sizeWords } from '../../parts/words/size-words.ts';
import { durationWords } from '../../parts/words/time-words.ts';
import { ChangeSource } from './change-source.tsx';
import { RemoveSource } from './remove-source.tsx';
import { RunNow } from './run-now.tsx';
import { SourceDrills } from './source-drills.tsx';
import { SourceRuns } from './source-runs.tsx';

/** One source: what is done with it now, its runs, its drills, and what is promised of it. */
export function Source() {
  const { source: id } = useParams({ from: '/sources/$source' });
  const source = useQuery(thing('getSource', { params: { id } }));
  return (
    <Loaded query={source}>
      {({ data, etag }) => <Known source={data} etag={etag} refetch={() => void source.refetch()} />}
    </Loaded>
  );
}

function Known({
  source,
  etag,
  refetch,
}: {
  readonly source: SourceThing;
  readonly etag: string | undefined;
  readonly refetch: () => void;
}) {
  const may = useMay();
  const service = useQuery(query('getService', { params: { id: source.serviceId } })).data;
  const status = useQuery({ ...query('getStatus', {}), refetchInterval: every(15_000) }).data;
  const serviceReport = status?.services.find(({ slug }) => slug === service?.slug);
  const report = serviceReport?.sources.find(({ name }) => name === source.name);
  const promises = serviceReport?.promises.filter((promise) => promise.source === source.name) ?? [];
  const [changing, change] = useDisclosure(false);
  const [removing, remove] = useDisclosure(false);
  const { options } = source;
  return (
    <Page
      title={source.name}
      lead={
        <Group gap="sm">
          <StateBadge state={report?.state ?? 'unknown'} />
          {service === undefined ? null : (
            <TextLink to="/services/$service" params={{ service: service.id }}>
              {service.name}
            </TextLink>
          )}
        </Group>
      }
      actions={
        may('sources.change') ? (
          <Group gap="xs">
            <Button variant="default" onClick={change.open}>
              Change
            </Button>
            <Button variant="default" onClick={remove.open}>
              Remove
            </Button>
          </Group>
        ) : null
      }
    >
      <UnsettledChange sourceId={source.id} />
      <RunNow source={source} />
      <Facts
        facts={[
          ['Kind', source.kind],
          ['Location', source.location],
          ['More folders', options.paths?.join(', ')],
          ['Left out', options.excludes?.join(', ')],
          ['File systems', options.oneFileSystem === true ? 'its own alone' : undefined],
          ['Server for rehearsals', options.scratchServer],
          ['Backed up', source.schedule ?? 'on demand'],
          ['Rehearsed', source.drillSchedule ?? 'on demand'],
          ['At most lost (RPO)', durationWords(source.rpoSeconds)],
          ['Last backup', report?.lastBackup && <Moment key="last" at={report.lastBackup.recoveryPointAt} />],
          ['Its size', report?.lastBackup && sizeWords(report.lastBackup.bytesRead)],
          ['Next backup', report?.nextDueAt && <Moment key="next" at={report.nextDueAt} />],
          ['Next rehearsal', report?.nextDrillAt && <Moment key="drill" at={report.nextDrillAt} />],
          ['Looked at', report?.checkedAt && <Moment key="checked" at={report.checkedAt} />],
        ]}
      />
      <SourceRuns source={source} />
      {may('snapshots.remove') ? (
        <Text size="sm">
          Snapshots that are not needed any more:{' '}
          <TextLink to="/sources/$source/forget" params={{ source: source.id }} underline="always">
            forget by rules
          </TextLink>
        </Text>
      ) : null}
      <SourceDrills source={source} />
      {promises.length === 0 ? null : (
        <Section title="Promises">
          <PromiseList promises={promises} />
        </Section>
      )}
      <ChangeSource source={source} etag={etag} refetch={refetch} opened={changing} close={change.close} />
      <RemoveSource source={source} etag={etag} refetch={refetch} opened={removing} close={remove.close} />
    </Page>
  );
}
