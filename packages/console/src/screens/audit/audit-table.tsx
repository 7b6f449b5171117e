import { Text } from '@mantine/core';
import type { AuditEntry } from '../../api/operations.ts';
import { DataTable } from '../../parts/table/data-table.tsx';
import { Moment } from '../../parts/words/moment.tsx';

/** Entries of the audit log, with what was before and after. */
export const AuditTable = ({ entries }: { readonly entries: readonly AuditEntry[] }) => (
  <DataTable
    caption="Entries of the audit log, the newest first"
    rows={entries}
    keyOf={({ id }) => id}
    columns={[
      { name: 'When', cell: ({ at }) => <Moment at={at} /> },
      { name: 'Who', cell: ({ origin }) => origin.actor?.name ?? '–' },
      {
        name: 'What',
        cell: ({ action, subject, before, after }) => (
          <div className="breakable">
            <Text size="sm" fw={600}>
              {action}
            </Text>
            {subject === undefined ? null : (
              <Text size="sm" c="dimmed">
                {subject}
              </Text>
            )}
            <Change name="before" value={before} />
            <Change name="after" value={after} />
          </div>
        ),
      },
      { name: 'From', cell: ({ origin }) => origin.address ?? '–' },
    ]}
  />
);

function Change({ name, value }: { name: string; value: AuditEntry['before'] }) {
  const facts = Object.entries(value ?? {});
  if (facts.length === 0) return null;
  return (
    <Text size="xs" c="dimmed">
      {name}:{' '}
      {facts
        .map(([key, each]) => `${key} ${JSON.stringify(each)}`)
        .join(', ')
        .slice(0, 500)}
    </Text>
  );
}
