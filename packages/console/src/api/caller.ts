import { useQuery } from '@tanstack/react-query';
import type { Caller } from './operations.ts';
import { query } from './queries.ts';

export type Permission = Caller['permissions'][number];

/** Who is signed in; undefined until that is known. */
export function useCaller(): Caller | undefined {
  return useQuery({ ...query('getCaller', {}), staleTime: 60_000 }).data;
}

/**
 * Whether who is signed in may do something somewhere. It decides what is shown alone: the API asks for itself.
 */
export function useMay(): (permission: Permission) => boolean {
  const caller = useCaller();
  return (permission) => caller?.permissions.includes(permission) ?? false;
}
