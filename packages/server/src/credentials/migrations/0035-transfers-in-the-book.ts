import { sql } from 'kysely';
import type { Migration } from '../../platform/index.ts';

const columns = sql.raw(
  'number, at, what, entry_id, entry_name, owner_id, person_id, person_name, grant_number, reason, starts_at, ends_at, most_openings, address, sealed_by, seal',
);

/** The book of the vault tells of other owners, too. SQLite changes no condition of a column: the table is made anew. */
export const transfersInTheBook: Migration = {
  name: '0035-transfers-in-the-book',
  async up(database, { id, integer, table, text, refuse }) {
    await sql`create table vault_book_anew (
      id ${id},
      number ${integer} not null unique,
      at ${text} not null,
      what ${text} not null check (what in ('granted', 'ended', 'opened', 'transferred')),
      entry_id ${text} not null,
      entry_name ${text} not null,
      owner_id ${text} not null,
      person_id ${text} not null,
      person_name ${text} not null,
      grant_number ${integer},
      reason ${text},
      starts_at ${text},
      ends_at ${text},
      most_openings ${integer},
      address ${text},
      sealed_by ${text} not null,
      seal ${text} not null
    ) ${table}`.execute(database);
    await sql`insert into vault_book_anew (${columns}) select ${columns} from vault_book order by number`.execute(
      database,
    );
    await sql`drop table vault_book`.execute(database);
    await sql`alter table vault_book_anew rename to vault_book`.execute(database);
    for (const columns of ['what, number', 'grant_number, what', 'entry_id, number', 'person_id, at']) {
      const name = `vault_book_${columns.replace(', ', '_')}`;
      await sql`create index ${sql.id(name)} on vault_book (${sql.raw(columns)})`.execute(database);
    }
    for (const verb of ['update', 'delete', 'replace'] as const) {
      await refuse(database, {
        trigger: `vault_book_no_${verb}`,
        table: 'vault_book',
        verb,
        message: 'the book of the vault is appended, never edited',
      });
    }
  },
};
