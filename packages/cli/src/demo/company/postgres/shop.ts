import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Cluster } from '@octobox/sources';
import pg from 'pg';
import type { Shop, ShopOptions } from '../shop.ts';
import type { TillOptions } from '../writer/till.ts';
import { fillingSteps } from './rows.ts';

const database = 'shop';
const droppedTables = ['orders', 'order_items', 'payments', 'shipments'] as const;

/** A shop that takes money waits for its disk, unlike a scratch cluster. */
const durableSettings = { fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on', jit: 'off' };

const script = (name: 'tables' | 'keys' | 'logic') =>
  readFile(new URL(`./${name}.sql`, import.meta.url), 'utf8');

const monthsOfOrders = 17;

/** One partition a month, from fourteen months ago until two months ahead. */
function partitions(today: Date): string {
  const first = (offset: number) =>
    new Date(Date.UTC(today.getUTCFullYear(), today.getUTCMonth() + offset, 1)).toISOString().slice(0, 10);
  return Array.from({ length: monthsOfOrders }, (_, index) => {
    const [from, to] = [first(index - 14), first(index - 13)];
    const name = `orders_${from.slice(0, 7).replace('-', '_')}`;
    return `CREATE TABLE ${name} PARTITION OF orders FOR VALUES FROM ('${from}') TO ('${to}');`;
  }).join('\n');
}

/** Ends the connection whatever happens, and at once when the signal says so. */
async function connected<T>(
  connection: ReturnType<Cluster['connection']>,
  work: (client: pg.Client) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  signal?.throwIfAborted();
  const client = new pg.Client(connection);
  client.on('error', () => undefined);
  const abort = () => void client.end().catch(() => undefined);
  signal?.addEventListener('abort', abort, { once: true });
  try {
    await client.connect();
    return await work(client);
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener('abort', abort);
    await client.end().catch(() => undefined);
  }
}

async function fill(cluster: Cluster, applicationPassword: string, options: ShopOptions): Promise<number> {
  const { signal, size, today, onProgress } = options;
  await connected(
    cluster.connection('postgres'),
    async (client) => {
      await client.query(
        `CREATE ROLE shop_application LOGIN PASSWORD ${client.escapeLiteral(applicationPassword)};
         CREATE ROLE shop_reports NOLOGIN`,
      );
      await client.query(`CREATE DATABASE ${database}`);
    },
    signal,
  );
  return connected(
    cluster.connection(database),
    async (client) => {
      // Until the shop opens nothing is promised to anybody. Single-threaded plans keep the rows repeatable.
      await client.query('SET synchronous_commit = off; SET max_parallel_workers_per_gather = 0');
      await client.query(await script('tables'));
      await client.query(partitions(today));
      const steps = fillingSteps(size, today);
      let rows = 0;
      for (const [index, step] of steps.entries()) {
        onProgress?.(`filling ${step.table}`, index + 1, steps.length + 3, 'steps');
        await client.query('SELECT setseed(0.5)');
        const filled = await client.query(step.sql, [...step.parameters]);
        rows += filled.rowCount ?? 0;
      }
      onProgress?.('building keys and indexes', steps.length + 1, steps.length + 3, 'steps');
      await client.query(`SELECT setval('order_numbers', (SELECT max(id) FROM orders))`);
      await client.query(
        `SELECT setval(pg_get_serial_sequence('products', 'id'), (SELECT max(id) FROM products)),
           setval(pg_get_serial_sequence('customers', 'id'), (SELECT max(id) FROM customers))`,
      );
      await client.query(await script('keys'));
      onProgress?.('adding views, functions and roles', steps.length + 2, steps.length + 3, 'steps');
      await client.query(await script('logic'));
      onProgress?.('adding views, functions and roles', steps.length + 3, steps.length + 3, 'steps');
      return rows;
    },
    signal,
  );
}

/** The web shop on a real PostgreSQL server: a cluster of its own on a loopback port. */
export class PostgresShop implements Shop {
  readonly kind = 'postgresql';
  readonly description: string;
  readonly location: string;
  readonly password: string;
  readonly rows: number;
  readonly tables: number;
  readonly partitions = monthsOfOrders;
  readonly till: TillOptions;
  readonly cluster: Cluster;

  private constructor(cluster: Cluster, applicationPassword: string, rows: number, tables: number) {
    const { host, port, password } = cluster;
    this.cluster = cluster;
    this.description = `PostgreSQL ${cluster.binaries.version.text} on ${host}:${port}`;
    this.location = cluster.location(database);
    this.password = password;
    this.rows = rows;
    this.tables = tables;
    const user = 'shop_application';
    this.till = { kind: 'postgresql', host, port, database, user, password: applicationPassword };
  }

  /** Leaves nothing behind when it fails or is aborted. */
  static async open(options: ShopOptions): Promise<PostgresShop> {
    const count = fillingSteps(options.size, options.today).length + 3;
    options.onProgress?.('starting PostgreSQL', 0, count, 'steps');
    const cluster = await Cluster.create({
      folder: options.folder,
      settings: durableSettings,
      signal: options.signal,
    });
    try {
      const applicationPassword = randomBytes(18).toString('base64url');
      const rows = await fill(cluster, applicationPassword, options);
      const tables = new Set(fillingSteps(options.size, options.today).map((step) => step.table)).size;
      return new PostgresShop(cluster, applicationPassword, rows, tables);
    } catch (error) {
      await cluster[Symbol.asyncDispose]();
      throw error;
    }
  }

  async dropTables(): Promise<{ tables: readonly string[]; at: Date }> {
    const at = await connected(this.cluster.connection(database), async (client) => {
      await client.query(`DROP TABLE ${droppedTables.join(', ')} CASCADE`);
      return new Date();
    });
    return { tables: droppedTables, at };
  }

  async known(references: readonly string[]): Promise<ReadonlySet<string>> {
    const { rows } = await connected(this.cluster.connection(database), (client) =>
      client.query<{ reference: string }>('SELECT reference FROM orders WHERE reference = ANY ($1::uuid[])', [
        references,
      ]),
    );
    return new Set(rows.map((row) => row.reference));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.cluster[Symbol.asyncDispose]();
  }
}
