/** A private PostgreSQL server with a database that dumps to about so many bytes. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Cluster } from '@octobox/sources';
import { type Command, measure } from '../harness/measure.ts';

/** What a row takes in a dump. */
const ROW_BYTES = 500;

export class DumpedDatabase implements AsyncDisposable {
  readonly #cluster: Cluster;
  readonly #environment: Readonly<Record<string, string>>;
  readonly #rows: number;

  private constructor(cluster: Cluster, environment: Readonly<Record<string, string>>, rows: number) {
    this.#cluster = cluster;
    this.#environment = environment;
    this.#rows = rows;
  }

  static async create(folder: string, bytes: number): Promise<DumpedDatabase> {
    const cluster = await Cluster.create({ folder, settings: { shared_buffers: '256MB' } });
    const passwordFile = join(folder, 'pgpass');
    writeFileSync(passwordFile, `*:*:*:*:${cluster.password}\n`, { mode: 0o600 });
    const environment = {
      PGHOST: cluster.host,
      PGPORT: String(cluster.port),
      PGUSER: cluster.superuser,
      PGDATABASE: 'postgres',
      PGPASSFILE: passwordFile,
    };
    const database = new DumpedDatabase(cluster, environment, Math.round(bytes / ROW_BYTES));
    await database.#sql(
      `create unlogged table entries (id bigint primary key, booked timestamptz, account text, note text, seal text);
       insert into entries select n, timestamptz '2026-01-01' + n * interval '1 second', 'account ' || n % 9973,
         repeat('invoice ' || n || ' of customer ' || n % 7919 || '; ', 6),
         md5(n::text) || md5((n * 3)::text) || md5((n * 7)::text) || md5((n * 11)::text)
       from generate_series(1, ${database.#rows}) as n`,
    );
    return database;
  }

  /** A shell command that dumps it, and the environment that the command needs. */
  get dump(): { readonly input: string; readonly environment: Readonly<Record<string, string>> } {
    const program = join(this.#cluster.binaries.folder, 'pg_dump');
    return { input: `'${program}' --format=plain`, environment: this.#environment };
  }

  /** Rows of every part of the table get another content, and keep their place in the dump. */
  async changeOnePercent(): Promise<void> {
    // In runs of a hundred rows, as one busy customer or day would have it; then back into the order of the keys.
    await this.#sql(
      `update entries set note = note || ' corrected' where (id / 100) % 100 = 7;
       cluster entries using entries_pkey`,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#cluster[Symbol.asyncDispose]();
  }

  async #sql(text: string): Promise<void> {
    const command: Command = {
      program: join(this.#cluster.binaries.folder, 'psql'),
      args: ['-q', '-v', 'ON_ERROR_STOP=1', '-c', text],
      environment: this.#environment,
    };
    await measure(command);
  }
}
