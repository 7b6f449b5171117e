import { NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { query } from '../../api/queries.ts';
import { sizeWords } from '../../parts/words/size-words.ts';

const times = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

/** Which snapshot of a source comes back; the newest good one, unless somebody chooses another. */
export function SnapshotChoice(choice: {
  readonly source: string;
  readonly value: string;
  readonly choose: (id: string) => void;
}) {
  const { source, value } = choice;
  const { data } = useQuery(query('listSnapshots', { query: { source, limit: 100 } }));
  const listed = (data?.items ?? []).map(({ id, recoveryPointAt, startedAt, bytesRead, suspect }) => ({
    value: id,
    label: `${times.format(new Date(recoveryPointAt ?? startedAt))}${bytesRead === undefined ? '' : `, ${sizeWords(bytesRead)}`}${suspect ? ', suspect' : ''}`,
  }));
  const isListed = value === '' || listed.some((each) => each.value === value);
  return (
    <NativeSelect
      label="Snapshot"
      description="The last hundred; of an older one look at the files, and restore it from there"
      value={value}
      onChange={({ currentTarget }) => choice.choose(currentTarget.value)}
      data={[
        { value: '', label: 'The newest that was taken while the source was whole' },
        ...(isListed ? [] : [{ value, label: `Snapshot ${value.slice(0, 8)}` }]),
        ...listed,
      ]}
    />
  );
}
