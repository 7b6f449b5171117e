/** What a customer bought, as the shop acknowledged it. */
export interface PlacedOrder {
  readonly reference: string;
  readonly id: number;
  readonly customer: string;
  /** cents */
  readonly total: number;
  readonly lines: readonly {
    readonly title: string;
    readonly quantity: number;
    readonly unitPrice: number;
  }[];
}

/** Where orders are placed: one connection to the shop's database, as its application has. */
export interface Till extends AsyncDisposable {
  /**
   * Places an order (order, items, payment, stock) in one transaction, and resolves only when the
   * database has acknowledged the commit. After a rejection the outcome may be unknown; placing the
   * same reference again is safe, as an order that is already there is not placed twice.
   */
  place(reference: string): Promise<PlacedOrder>;
}

/** How to reach the shop; sent to the writer's process, never in its arguments. */
export type TillOptions =
  | {
      readonly kind: 'postgresql';
      readonly host: string;
      readonly port: number;
      readonly database: string;
      readonly user: string;
      readonly password: string;
    }
  | { readonly kind: 'sqlite'; readonly file: string };
