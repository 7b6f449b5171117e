import { sql } from 'kysely';
import type { Migration } from '../../platform/index.ts';

/** Until now nothing kept whether the end of a restore was told; what had ended counts as told. */
export const restoresTold: Migration = {
  name: '0024-restores-told',
  async up(database, { integer, keyedTable }) {
    await sql`create table incident_restores (
      incident_id ${integer} not null references incidents (id),
      restore_id ${integer} not null unique references restores (id),
      primary key (incident_id, restore_id)
    ) ${keyedTable}`.execute(database);
    await sql`insert into incident_restores (incident_id, restore_id)
      select incident_id, id from restores where incident_id is not null and state <> 'running'`.execute(
      database,
    );
  },
};
