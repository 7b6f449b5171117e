import { Group, NativeSelect, SegmentedControl } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { every } from '../../api/every.ts';
import type { Operations } from '../../api/operations.ts';
import { pages } from '../../api/queries.ts';
import { SourceSelect } from '../../parts/forms/source-select.tsx';
import { Empty } from '../../parts/notices/empty.tsx';
import { Page } from '../../parts/page/page.tsx';
import { DrillTable } from '../../parts/records/drill-table.tsx';
import { RunTable } from '../../parts/records/run-table.tsx';
import { Paged } from '../../parts/table/paged.tsx';

const ended = ['failed', 'cancelled', 'interrupted', 'running'];

/** Every backup and every drill, the newest first. */
export function Runs() {
  const [what, setWhat] = useState('backups');
  const [source, setSource] = useState('');
  const [state, setState] = useState('');
  const asked = { limit: 50, source: source || undefined };
  const isDrills = what === 'drills';
  const runs = useInfiniteQuery({
    ...pages('listRuns', {
      query: { ...asked, state: (state || undefined) as Operations['listRuns']['query']['state'] },
    }),
    refetchInterval: every(15_000),
    enabled: !isDrills,
  });
  const drills = useInfiniteQuery({
    ...pages('listDrills', {
      query: { ...asked, state: (state || undefined) as Operations['listDrills']['query']['state'] },
    }),
    refetchInterval: every(15_000),
    enabled: isDrills,
  });
  const isAll = source === '' && state === '';
  const good = isDrills ? 'passed' : 'succeeded';
  return (
    <Page title="Backups and drills" lead="Every attempt, the newest first.">
      <Group align="flex-end">
        <SegmentedControl
          aria-label="What is shown"
          value={what}
          onChange={(value) => {
            setState('');
            setWhat(value);
          }}
          data={[
            { value: 'backups', label: 'Backups' },
            { value: 'drills', label: 'Drills' },
          ]}
        />
        <SourceSelect value={source} onChange={setSource} />
        <NativeSelect
          label="State"
          value={state}
          onChange={({ currentTarget }) => setState(currentTarget.value)}
          data={[{ value: '', label: 'All' }, good, ...ended]}
        />
      </Group>
      {isDrills ? (
        <Paged
          query={drills}
          empty={
            <Empty title={isAll ? 'There is no drill yet' : 'There is no such drill'}>
              Drills begin by their schedule, or on the screen of a source.
            </Empty>
          }
        >
          {(items) => <DrillTable drills={items} withSource />}
        </Paged>
      ) : (
        <Paged
          query={runs}
          empty={
            <Empty title={isAll ? 'There is no backup yet' : 'There is no such backup'}>
              Backups begin by their schedule, or on the screen of a source.
            </Empty>
          }
        >
          {(items) => <RunTable runs={items} withSource />}
        </Paged>
      )}
    </Page>
  );
}
