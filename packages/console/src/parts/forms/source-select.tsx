import { NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useMay } from '../../api/caller.ts';
import { whole } from '../../api/queries.ts';

/** Narrows a list to one source; not there for who may not see sources. */
export function SourceSelect(select: { readonly value: string; readonly onChange: (id: string) => void }) {
  const may = useMay();
  const { data } = useQuery({
    ...whole('listSources', {}),
    enabled: may('sources.read'),
    staleTime: 60_000,
  });
  if (!may('sources.read')) return null;
  return (
    <NativeSelect
      label="Source"
      value={select.value}
      onChange={({ currentTarget }) => select.onChange(currentTarget.value)}
      data={[
        { value: '', label: 'All' },
        ...(data?.items ?? []).map(({ id, name }) => ({ value: id, label: name })),
      ]}
    />
  );
}
