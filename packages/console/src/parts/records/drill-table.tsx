import type { Drill } from '../../api/operations.ts';
import { useSourceNames } from '../../api/source-names.ts';
import { TextLink } from '../page/link.tsx';
import { DataTable } from '../table/data-table.tsx';
import { Moment } from '../words/moment.tsx';
import { durationWords } from '../words/time-words.ts';
import { StateBadge } from './state-badge.tsx';

const words = (seconds: number | undefined): string => (seconds === undefined ? '' : durationWords(seconds));

/** Drills, each with the way to it. */
export function DrillTable({
  drills,
  withSource,
}: {
  readonly drills: readonly Drill[];
  readonly withSource: boolean;
}) {
  const nameOf = useSourceNames();
  return (
    <DataTable
      caption="Drills, the newest first"
      rows={drills}
      keyOf={({ id }) => id}
      columns={[
        {
          name: 'Begun',
          cell: ({ id, startedAt }) => (
            <TextLink to="/drills/$drill" params={{ drill: String(id) }}>
              <Moment at={startedAt} />
            </TextLink>
          ),
        },
        ...(withSource ? [{ name: 'Source', cell: ({ sourceId }: Drill) => nameOf(sourceId) }] : []),
        { name: 'State', cell: ({ state }) => <StateBadge state={state} /> },
        { name: 'Checks', cell: ({ checks }) => checksWords(checks) },
        { name: 'Recovery', numeric: true, cell: ({ recoverySeconds }) => words(recoverySeconds) },
        { name: 'Target', numeric: true, cell: ({ rtoSeconds }) => words(rtoSeconds) },
        { name: 'Loss', numeric: true, cell: ({ lossSeconds }) => words(lossSeconds) },
      ]}
    />
  );
}

const checksWords = (checks: Drill['checks']): string => {
  const passed = checks.filter(({ outcome }) => outcome === 'passed').length;
  return checks.length === 0 ? '' : `${passed} of ${checks.length} passed`;
};
