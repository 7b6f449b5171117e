import type { CompanySize } from '../size.ts';
import * as words from '../vocabulary.ts';

/** One statement that fills one table inside the server, from the words and numbers it is given. */
export interface FillingStep {
  readonly table: string;
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

/** `word(2)` is the SQL for a random element of the array in parameter 2. */
const word = (parameter: number) =>
  `($${parameter}::text[])[1 + floor(random() * cardinality($${parameter}::text[]))::int]`;
const upTo = (most: string) => `(1 + floor(random() * ${most}))::int`;

/**
 * The rows of the shop, in an order in which each step finds what it draws from. Every step begins
 * with the same seed and draws single-threaded, so two shops of one size and one day are equal.
 *
 * @param today the end of the shop's past, whole hours so that partitions and rows agree
 */
export function fillingSteps(size: CompanySize, today: Date): readonly FillingStep[] {
  const { customers, products, orders, reviews, sessions } = size;
  const now = today.toISOString();
  const categoryIds = new Map(words.categories.map((category, index) => [category.slug, index + 1]));
  return [
    {
      table: 'categories',
      sql: 'INSERT INTO categories SELECT * FROM unnest($1::int[], $2::int[], $3::text[], $4::text[])',
      parameters: [
        words.categories.map((category) => categoryIds.get(category.slug)),
        words.categories.map((category) => categoryIds.get(category.parent ?? '') ?? null),
        words.categories.map((category) => category.slug),
        words.categories.map((category) => category.title),
      ],
    },
    {
      table: 'warehouses',
      sql: 'INSERT INTO warehouses SELECT * FROM unnest($1::smallint[], $2::text[], $3::text[])',
      parameters: [
        words.warehouses.map((house) => house.id),
        words.warehouses.map((house) => house.city),
        words.warehouses.map((house) => house.country),
      ],
    },
    {
      table: 'products',
      sql: `INSERT INTO products (id, sku, title, description, price, weight_grams, attributes, updated_at)
        SELECT i, 'OB-' || lpad(i::text, 5, '0'), quality || ' ' || material || ' ' || thing,
          'A ' || lower(quality) || ' ' || thing || ' made of ' || material || ' in ' || town || '. '
            || opinion || ' Delivered with care instructions and a two-year guarantee.',
          (3 + floor(random() * random() * 240)) * 100 + 90, ${upTo('9000')},
          jsonb_build_object('material', material, 'origin', town, 'widthCm', ${upTo('180')}),
          $1::timestamptz - random() * interval '300 days'
        FROM (SELECT i, ${word(3)} AS quality, ${word(4)} AS material, ${word(5)} AS thing,
          ${word(6)} AS town, ${word(7)} AS opinion FROM generate_series(1, $2::int) AS i) AS drawn`,
      parameters: [
        now,
        products,
        words.qualities,
        words.materials,
        words.things,
        words.cities,
        words.opinions,
      ],
    },
    {
      table: 'product_categories',
      sql: `INSERT INTO product_categories
        SELECT DISTINCT product, ${upTo('$2')} FROM generate_series(1, $1::int) AS product, generate_series(1, 2)`,
      parameters: [products, words.categories.length],
    },
    {
      table: 'product_prices',
      sql: `INSERT INTO product_prices
        SELECT id, updated_at - step * interval '60 days', price + step * 100 FROM products, generate_series(0, 2) AS step`,
      parameters: [],
    },
    {
      table: 'product_manuals',
      sql: `INSERT INTO product_manuals
        SELECT i, 'en', lo_from_bytea(0, convert_to(repeat('How to care for product ' || i || '. ' || ${word(2)}
          || E'\\n', 400), 'UTF8')) FROM generate_series(1, least($1::int, 40)) AS i`,
      parameters: [products, words.opinions],
    },
    {
      table: 'inventory',
      sql: `INSERT INTO inventory
        SELECT product, warehouse, ${upTo('500')} + 500, $2::timestamptz - random() * interval '20 days'
        FROM generate_series(1, $1::int) AS product, generate_series(1, $3::int) AS warehouse`,
      parameters: [products, now, words.warehouses.length],
    },
    {
      table: 'customers',
      sql: `INSERT INTO customers
        SELECT i, lower(given || '.' || family) || i || '@example.com', given || ' ' || family,
          $1::timestamptz - interval '3 years' * (1 - i::float8 / $2), random() < 0.4
        FROM (SELECT i, ${word(3)} AS given, ${word(4)} AS family FROM generate_series(1, $2::int) AS i) AS drawn`,
      parameters: [now, customers, words.givenNames, words.familyNames],
    },
    {
      table: 'addresses',
      sql: `INSERT INTO addresses (customer_id, street, postcode, city, country)
        SELECT i, ${word(2)} || ' ' || ${upTo('180')}, lpad(${upTo('89999')}::text, 5, '1'), ${word(3)}, ${word(4)}
        FROM generate_series(1, $1::int) AS i, generate_series(1, 1 + (i % 4 = 0)::int)`,
      parameters: [customers, words.streets, words.cities, words.countries],
    },
    {
      table: 'order_items',
      sql: `INSERT INTO order_items
        SELECT ordered.i, ordered.placed_at, line, product, quantity, products.price
        FROM (SELECT i, $1::timestamptz - interval '360 days' * (1 - i::float8 / $2) AS placed_at, line,
            ${upTo('$3')} AS product, 1 + floor(random() * random() * 4)::int AS quantity
          FROM generate_series(1, $2::int) AS i, generate_series(1, 1 + i % 4) AS line OFFSET 0) AS ordered
        JOIN products ON products.id = product ORDER BY ordered.i, line`,
      parameters: [now, orders, products],
    },
    {
      table: 'orders',
      sql: `INSERT INTO orders (id, placed_at, reference, customer_id, state, total)
        SELECT order_id, placed_at, md5('order ' || order_id)::uuid, ${upTo('$2')},
          (CASE WHEN placed_at > $1::timestamptz - interval '1 day' THEN 'paid'
            WHEN placed_at > $1::timestamptz - interval '6 days' THEN 'shipped'
            WHEN random() < 0.04 THEN 'returned' ELSE 'delivered' END)::order_state, total
        FROM (SELECT order_id, placed_at, sum(quantity * unit_price) AS total
          FROM order_items GROUP BY order_id, placed_at ORDER BY order_id) AS summed`,
      parameters: [now, customers],
    },
    {
      table: 'payments',
      sql: `INSERT INTO payments (order_id, placed_at, method, amount, paid_at)
        SELECT id, placed_at, (${word(1)})::payment_method, total, placed_at + interval '20 seconds'
        FROM orders ORDER BY id`,
      parameters: [['card', 'card', 'card', 'wallet', 'transfer', 'invoice']],
    },
    {
      table: 'shipments',
      sql: `INSERT INTO shipments (order_id, placed_at, warehouse_id, tracking_code, shipped_at, delivered_at)
        SELECT id, placed_at, ${upTo('$1')}, upper(substr(md5('parcel ' || id), 1, 12)),
          placed_at + interval '1 day', placed_at + interval '2 days' + random() * interval '3 days'
        FROM orders WHERE state IN ('shipped', 'delivered', 'returned') ORDER BY id`,
      parameters: [words.warehouses.length],
    },
    {
      table: 'reviews',
      sql: `INSERT INTO reviews (product_id, customer_id, stars, body, written_at)
        SELECT ${upTo('$2')}, ${upTo('$3')}, 1 + floor(sqrt(random()) * 5)::int, ${word(5)} || ' ' || ${word(5)},
          $4::timestamptz - interval '350 days' * (1 - i::float8 / $1)
        FROM generate_series(1, $1::int) AS i`,
      parameters: [reviews, products, customers, now, words.opinions],
    },
    {
      table: 'sessions',
      sql: `INSERT INTO sessions (customer_id, token, address, started_at, pages)
        SELECT ${upTo('$2')}, decode(md5('session ' || i), 'hex'), '10.0.0.0'::inet + ${upTo('16000000')},
          $3::timestamptz - interval '40 days' * (1 - i::float8 / $1), ${upTo('30')}
        FROM generate_series(1, $1::int) AS i`,
      parameters: [sessions, customers, now],
    },
    {
      table: 'audit_log',
      sql: `INSERT INTO audit_log (happened_at, actor, action, details)
        SELECT placed_at, 'shop_application', 'order placed', jsonb_build_object('order', id, 'total', total)
        FROM orders WHERE placed_at > $1::timestamptz - interval '90 days' ORDER BY id`,
      parameters: [now],
    },
  ];
}
