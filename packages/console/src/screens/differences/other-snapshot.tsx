import { NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { query } from '../../api/queries.ts';
import { exactTime } from '../../parts/words/time-words.ts';

/** Another snapshot of the same source. */
export function OtherSnapshot(choice: {
  readonly source: string;
  readonly id: string;
  readonly value: string;
  readonly choose: (id: string) => void;
}) {
  const { source, id, value } = choice;
  const { data } = useQuery(query('listSnapshots', { query: { source, limit: 100 } }));
  const others = (data?.items ?? []).filter((each) => each.id !== id);
  const isListed = value === '' || others.some((each) => each.id === value);
  const none = data !== undefined && others.length === 0;
  return (
    <NativeSelect
      label="Compare with"
      description={
        none ? 'There is no other snapshot of this source yet' : 'The last hundred of the same source'
      }
      value={value}
      onChange={({ currentTarget }) => choice.choose(currentTarget.value)}
      data={[
        { value: '', label: 'Choose a snapshot' },
        ...(isListed ? [] : [{ value, label: `Snapshot ${value.slice(0, 8)}` }]),
        ...others.map((each) => ({
          value: each.id,
          label: `${exactTime(new Date(each.startedAt))}, ${each.id.slice(0, 8)}${each.suspect ? ', suspect' : ''}`,
        })),
      ]}
    />
  );
}
