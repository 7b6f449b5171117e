import { sql } from 'kysely';
import type { Migration } from '../../platform/index.ts';

export const vaultBook: Migration = {
  name: '0027-vault-book',
  async up(database, { id, integer, keyedTable, table, text, refuse }) {
    await sql`create table vault_book (
      id ${id},
      number ${integer} not null unique,
      at ${text} not null,
      what ${text} not null check (what in ('granted', 'ended', 'opened')),
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
    await sql`create table vault_machine_uses (
      day ${text} not null,
      what ${text} not null,
      uses ${integer} not null,
      primary key (day, what)
    ) ${keyedTable}`.execute(database);
  },
};
