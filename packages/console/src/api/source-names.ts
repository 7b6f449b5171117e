import { useQuery } from '@tanstack/react-query';
import { useMay } from './caller.ts';
import { whole } from './queries.ts';

/** What a source is called; whoever may not see sources reads "a source". */
export function useSourceNames(): (id: string | undefined) => string {
  const may = useMay();
  const { data } = useQuery({
    ...whole('listSources', {}),
    enabled: may('sources.read'),
    staleTime: 60_000,
  });
  return (id) => data?.items.find((source) => source.id === id)?.name ?? 'a source';
}
