import { randomInt } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import type { PlacedOrder, Till, TillOptions } from './till.ts';

const patience = 3_000;

/**
 * Opens the database for every order, as a web application on SQLite does: after a restore has put
 * another file in its place, the next order goes into that one and not into a file nobody can see.
 */
export class SqliteTill implements Till {
  readonly #file: string;

  constructor(options: Extract<TillOptions, { kind: 'sqlite' }>) {
    this.#file = options.file;
  }

  async place(reference: string): Promise<PlacedOrder> {
    // A URI, because only there the file can be forbidden to be created when it is gone.
    const database = new DatabaseSync(new URL(`file://${encodeURI(this.#file)}?mode=rw`), {
      enableForeignKeyConstraints: true,
      timeout: patience,
    });
    try {
      database.exec('PRAGMA synchronous = FULL; BEGIN IMMEDIATE');
      const placed = this.#find(database, reference) ?? this.#order(database, reference);
      database.exec('COMMIT');
      return placed;
    } finally {
      database.close();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  #find(database: DatabaseSync, reference: string): PlacedOrder | undefined {
    const order = database
      .prepare(
        'SELECT o.id, o.total, c.full_name FROM orders o JOIN customers c ON c.id = o.customer_id WHERE o.reference = ?',
      )
      .get(reference) as { id: number; total: number; full_name: string } | undefined;
    if (order === undefined) return undefined;
    const items = database
      .prepare(
        'SELECT p.title, i.quantity, i.unit_price FROM order_items i JOIN products p ON p.id = i.product_id WHERE i.order_id = ?',
      )
      .all(order.id) as { title: string; quantity: number; unit_price: number }[];
    const lines = items.map(({ title, quantity, unit_price }) => ({
      title,
      quantity,
      unitPrice: unit_price,
    }));
    return { reference, id: order.id, customer: order.full_name, total: order.total, lines };
  }

  #order(database: DatabaseSync, reference: string): PlacedOrder {
    const someone = (table: string, columns: string) => {
      const { most } = database.prepare(`SELECT max(id) AS most FROM ${table}`).get() as {
        most: number | null;
      };
      if (most === null) throw new Error(`the shop has no ${table}`);
      return database
        .prepare(`SELECT ${columns} FROM ${table} WHERE id >= ? ORDER BY id LIMIT 1`)
        .get(1 + randomInt(most)) as unknown;
    };
    const customer = someone('customers', 'id, full_name') as { id: number; full_name: string };
    const product = someone('products', 'id, title, price') as { id: number; title: string; price: number };
    const quantity = 1 + randomInt(2);
    const total = quantity * product.price;
    const now = new Date().toISOString();
    const { lastInsertRowid } = database
      .prepare(
        "INSERT INTO orders (placed_at, reference, customer_id, state, total) VALUES (?, ?, ?, 'paid', ?)",
      )
      .run(now, reference, customer.id, total);
    const id = Number(lastInsertRowid);
    database
      .prepare(
        'INSERT INTO order_items (order_id, line, product_id, quantity, unit_price) VALUES (?, 1, ?, ?, ?)',
      )
      .run(id, product.id, quantity, product.price);
    database
      .prepare(
        'UPDATE inventory SET quantity = quantity - ? WHERE product_id = ? AND warehouse_id = 1 AND quantity >= ?',
      )
      .run(quantity, product.id, quantity);
    database
      .prepare("INSERT INTO payments (order_id, method, amount, paid_at) VALUES (?, 'card', ?, ?)")
      .run(id, total, now);
    const lines = [{ title: product.title, quantity, unitPrice: product.price }];
    return { reference, id, customer: customer.full_name, total, lines };
  }
}
