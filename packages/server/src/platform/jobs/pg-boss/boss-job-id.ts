import { type RawBuilder, sql } from 'kysely';

/** pg-boss names jobs by UUIDs: the job's number in one of version 8 (RFC 9562, section 5.8: "custom"), so that neither has to be looked up. */
const prefix = '00000000-0000-8000-8000-';

export const bossJobId = (id: number): string => prefix + id.toString(16).padStart(12, '0');

export const numberOfBossJob = (uuid: string): number => Number.parseInt(uuid.slice(prefix.length), 16);

/** The same, of a column. */
export const bossJobIdOf = (id: RawBuilder<unknown>): RawBuilder<string> =>
  sql<string>`(${sql.lit(prefix)} || lpad(to_hex(${id}), 12, '0'))::uuid`;
