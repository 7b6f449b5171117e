import pg from 'pg';
import type { PlacedOrder, Till, TillOptions } from './till.ts';

/** A shop that hangs is out as well: nothing here takes longer than this when all is well. */
const patience = 3_000;

interface Line {
  title: string;
  quantity: number;
  unitPrice: number;
}

export class PostgresTill implements Till {
  readonly #options: Extract<TillOptions, { kind: 'postgresql' }>;
  #client: pg.Client | undefined;

  constructor(options: Extract<TillOptions, { kind: 'postgresql' }>) {
    this.#options = options;
  }

  async place(reference: string): Promise<PlacedOrder> {
    const client = this.#client ?? (await this.#connect());
    try {
      await client.query('BEGIN');
      const placed = (await this.#find(client, reference)) ?? (await this.#order(client, reference));
      await client.query('COMMIT');
      return placed;
    } catch (error) {
      // Whatever state the connection is in now, a new one has a better chance.
      this.#client = undefined;
      await client.end().catch(() => undefined);
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client?.end().catch(() => undefined);
  }

  async #connect(): Promise<pg.Client> {
    const { host, port, database, user, password } = this.#options;
    const client = new pg.Client({
      ...{ host, port, database, user, password },
      connectionTimeoutMillis: patience,
      query_timeout: patience,
      statement_timeout: patience,
      application_name: 'shop',
    });
    // Without a listener a connection that breaks while idle would end the process.
    client.on('error', () => {
      if (this.#client === client) this.#client = undefined;
    });
    await client.connect();
    this.#client = client;
    return client;
  }

  async #find(client: pg.Client, reference: string): Promise<PlacedOrder | undefined> {
    const { rows } = await client.query(
      `SELECT o.id, o.total, c.full_name FROM orders o JOIN customers c ON c.id = o.customer_id
       WHERE o.reference = $1`,
      [reference],
    );
    const [order] = rows as { id: string; total: string; full_name: string }[];
    if (order === undefined) return undefined;
    const items = await client.query(
      `SELECT p.title, i.quantity, i.unit_price FROM order_items i JOIN products p ON p.id = i.product_id
       WHERE i.order_id = $1 ORDER BY i.line`,
      [order.id],
    );
    const lines = (items.rows as { title: string; quantity: number; unit_price: string }[]).map((item) => ({
      title: item.title,
      quantity: item.quantity,
      unitPrice: Number(item.unit_price),
    }));
    return { reference, id: Number(order.id), customer: order.full_name, total: Number(order.total), lines };
  }

  async #order(client: pg.Client, reference: string): Promise<PlacedOrder> {
    const chosen = await client.query(
      `SELECT c.id, c.full_name FROM customers c
       WHERE c.id >= (SELECT 1 + floor(random() * max(id))::bigint FROM customers) ORDER BY c.id LIMIT 1`,
    );
    const [customer] = chosen.rows as { id: string; full_name: string }[];
    if (customer === undefined) throw new Error('the shop has no customers');
    const basket = await client.query(
      `SELECT DISTINCT ON (p.id) p.id, p.title, p.price FROM generate_series(1, 1 + floor(random() * 3)::int) AS n,
         LATERAL (SELECT * FROM products WHERE id >= (SELECT 1 + floor(random() * max(id) + 0 * n)::int FROM products)
           ORDER BY id LIMIT 1) AS p ORDER BY p.id`,
    );
    const products = basket.rows as { id: number; title: string; price: string }[];
    const lines: Line[] = products.map((product, index) => ({
      title: product.title,
      quantity: 1 + ((product.id + index) % 2),
      unitPrice: Number(product.price),
    }));
    const total = lines.reduce((sum, line) => sum + line.quantity * line.unitPrice, 0);
    const order = await client.query(
      `INSERT INTO orders (placed_at, reference, customer_id, state, total) VALUES (now(), $1, $2, 'paid', $3)
       RETURNING id`,
      [reference, customer.id, total],
    );
    const { id } = order.rows[0] as { id: string };
    await client.query(
      `INSERT INTO order_items (order_id, placed_at, line, product_id, quantity, unit_price)
       SELECT $1, now(), line, product, quantity, price
       FROM unnest($2::int[], $3::int[], $4::bigint[]) WITH ORDINALITY AS bought (product, quantity, price, line)`,
      [
        id,
        products.map((product) => product.id),
        lines.map((l) => l.quantity),
        lines.map((l) => l.unitPrice),
      ],
    );
    await client.query(
      `UPDATE inventory SET quantity = inventory.quantity - bought.quantity
       FROM unnest($1::int[], $2::int[]) AS bought (product, quantity)
       WHERE product_id = bought.product AND warehouse_id = 1 AND inventory.quantity >= bought.quantity`,
      [products.map((product) => product.id), lines.map((line) => line.quantity)],
    );
    await client.query(
      `INSERT INTO payments (order_id, placed_at, method, amount, paid_at) VALUES ($1, now(), 'card', $2, now())`,
      [id, total],
    );
    return { reference, id: Number(id), customer: customer.full_name, total, lines };
  }
}
