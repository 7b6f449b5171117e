import { useQuery } from '@tanstack/react-query';
import type { Service } from './operations.ts';
import { query } from './queries.ts';

/** The services that one may see; empty until they are known. */
export function useServices(): readonly Service[] {
  const { data } = useQuery({ ...query('listServices', { query: { limit: 200 } }), staleTime: 60_000 });
  return data?.items ?? [];
}
