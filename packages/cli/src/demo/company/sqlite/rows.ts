import { SeededRandom } from '../random.ts';
import type { CompanySize } from '../size.ts';
import * as words from '../vocabulary.ts';

type Value = string | number | null;

/** One table and its rows, made one by one as they are inserted. */
export interface TableRows {
  readonly table: string;
  readonly columns: readonly string[];
  readonly rows: () => Iterable<readonly Value[]>;
}

const hour = 3_600_000;

/** The price in cents of a product, the same wherever it is asked for. */
const priceOf = (product: number) => (3 + ((product * 7_919) % 230)) * 100 + 90;
const linesOf = (order: number) => 1 + (order % 4);
const productOf = (order: number, line: number, products: number) =>
  1 + (((order * 31 + line * 7_919 + Math.imul(order, line)) >>> 0) % products);
const totalOf = (order: number, products: number) => {
  let total = 0;
  for (let line = 1; line <= linesOf(order); line++) total += priceOf(productOf(order, line, products));
  return total;
};

/** The rows of the shop, the same for one size and one day, in an order that keeps every reference. */
export function tableRows(size: CompanySize, today: Date): readonly TableRows[] {
  const { customers, products, orders, reviews, sessions } = size;
  const end = today.getTime();
  const past = (hours: number) => new Date(end - hours * hour).toISOString();
  const orderedAt = (order: number) => past(360 * 24 * (1 - order / orders));
  const each = (count: number, seed: number, row: (index: number, random: SeededRandom) => Value[]) =>
    function* rows() {
      const random = new SeededRandom(seed);
      for (let index = 1; index <= count; index++) yield row(index, random);
    };
  return [
    {
      table: 'categories',
      columns: ['id', 'parent_id', 'slug', 'title'],
      rows: () =>
        words.categories.map(({ slug, title, parent }, index) => {
          const at = words.categories.findIndex((category) => category.slug === parent);
          return [index + 1, at < 0 ? null : at + 1, slug, title];
        }),
    },
    {
      table: 'warehouses',
      columns: ['id', 'city', 'country'],
      rows: () => words.warehouses.map(({ id, city, country }) => [id, city, country]),
    },
    {
      table: 'products',
      columns: ['id', 'sku', 'title', 'description', 'price', 'attributes', 'updated_at'],
      rows: each(products, 1, (id, random) => {
        const [quality, material] = [random.pick(words.qualities), random.pick(words.materials)];
        const thing = random.pick(words.things);
        return [
          ...[id, `OB-${String(id).padStart(5, '0')}`, `${quality} ${material} ${thing}`],
          `A ${quality.toLowerCase()} ${thing} made of ${material}. ${random.pick(words.opinions)}`,
          ...[priceOf(id), JSON.stringify({ material, widthCm: 1 + random.below(180) })],
          past(random.below(7_000)),
        ];
      }),
    },
    {
      table: 'product_categories',
      columns: ['product_id', 'category_id'],
      rows: each(products, 2, (id, random) => [id, 1 + random.below(words.categories.length)]),
    },
    {
      table: 'inventory',
      columns: ['product_id', 'warehouse_id', 'quantity'],
      rows: each(products * 3, 3, (index, random) => [
        1 + Math.floor((index - 1) / 3),
        1 + ((index - 1) % 3),
        500 + random.below(500),
      ]),
    },
    {
      table: 'customers',
      columns: ['id', 'email', 'full_name', 'joined_at'],
      rows: each(customers, 4, (id, random) => {
        const [given, family] = [random.pick(words.givenNames), random.pick(words.familyNames)];
        const email = `${given}.${family}${id}@example.com`.toLowerCase();
        return [id, email, `${given} ${family}`, past(26_000 * (1 - id / customers))];
      }),
    },
    {
      table: 'addresses',
      columns: ['customer_id', 'street', 'postcode', 'city', 'country'],
      rows: each(customers, 5, (id, random) => [
        ...[id, `${random.pick(words.streets)} ${1 + random.below(180)}`],
        ...[String(10_000 + random.below(89_999)), random.pick(words.cities), random.pick(words.countries)],
      ]),
    },
    {
      table: 'orders',
      columns: ['id', 'placed_at', 'reference', 'customer_id', 'state', 'total'],
      rows: each(orders, 6, (id, random) => [
        ...[id, orderedAt(id), `past-${id}`, 1 + random.below(customers)],
        ...[random.below(25) === 0 ? 'returned' : 'delivered', totalOf(id, products)],
      ]),
    },
    {
      table: 'order_items',
      columns: ['order_id', 'line', 'product_id', 'quantity', 'unit_price'],
      rows: function* rows() {
        for (let order = 1; order <= orders; order++) {
          for (let line = 1; line <= linesOf(order); line++) {
            const product = productOf(order, line, products);
            yield [order, line, product, 1, priceOf(product)];
          }
        }
      },
    },
    {
      table: 'payments',
      columns: ['order_id', 'method', 'amount', 'paid_at'],
      rows: each(orders, 7, (id, random) => [
        ...[id, random.pick(['card', 'card', 'wallet', 'transfer', 'invoice'])],
        ...[totalOf(id, products), orderedAt(id)],
      ]),
    },
    {
      table: 'reviews',
      columns: ['product_id', 'customer_id', 'stars', 'body', 'written_at'],
      rows: each(reviews, 8, (index, random) => [
        ...[1 + random.below(products), 1 + random.below(customers), 1 + random.below(5)],
        ...[
          `${random.pick(words.opinions)} ${random.pick(words.opinions)}`,
          past(8_000 * (1 - index / reviews)),
        ],
      ]),
    },
    {
      table: 'sessions',
      columns: ['customer_id', 'token', 'started_at'],
      rows: each(sessions, 9, (index, random) => [
        ...[1 + random.below(customers), `${random.bits().toString(16)}${random.bits().toString(16)}`],
        past(900 * (1 - index / sessions)),
      ]),
    },
    {
      table: 'audit_log',
      columns: ['happened_at', 'action', 'order_id'],
      rows: each(Math.floor(orders / 4), 10, (index) => [
        ...[orderedAt(orders - Math.floor(orders / 4) + index), 'order placed'],
        orders - Math.floor(orders / 4) + index,
      ]),
    },
  ];
}
