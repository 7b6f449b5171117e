import { useQuery } from '@tanstack/react-query';
import type { Service } from './operations.ts';
import { whole } from './queries.ts';

/** The services that one may see; empty until they are known. */
export function useServices(): readonly Service[] {
  const { data } = useQuery({ ...whole('listServices', {}), staleTime: 60_000 });
  return data?.items ?? [];
}
