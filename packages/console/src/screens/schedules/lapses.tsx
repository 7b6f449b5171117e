import type { Status } from '../../api/operations.ts';
import { Empty } from '../../parts/notices/empty.tsx';
import { DataTable } from '../../parts/table/data-table.tsx';
import { Moment } from '../../parts/words/moment.tsx';

const kinds = {
  late: 'late',
  missed: 'missed',
  overlap: 'still at the one before',
  clock: 'the clock was wrong',
} as const;

/** Due times that were met late or not at all. */
export function Lapses({ report }: { report: Status }) {
  const lapses = report.services
    .flatMap((service) => service.lapses.map((lapse) => ({ ...lapse, service: service.name })))
    .sort((a, b) => b.lastDueAt.localeCompare(a.lastDueAt));
  if (lapses.length === 0) {
    return (
      <Empty title="Every due time was met">
        What begins late, or not at all, is recorded here with its reason, also when Octobox itself did not
        run.
      </Empty>
    );
  }
  return (
    <DataTable
      caption="Due times that were met late or not at all, the newest first"
      rows={lapses}
      keyOf={({ service, source, of, firstDueAt }) => `${service} ${source} ${of} ${firstDueAt}`}
      columns={[
        { name: 'Source', cell: ({ source, service }) => `${source}, ${service}` },
        { name: 'Of', cell: (lapse) => lapse.of },
        { name: 'What', cell: ({ kind, count }) => `${kinds[kind]}${count > 1 ? `, ${count} times` : ''}` },
        { name: 'Due', cell: ({ lastDueAt }) => <Moment at={lastDueAt} /> },
        { name: 'Why', cell: ({ reason }) => reason },
      ]}
    />
  );
}
