/** How large the sample company is: rows by table, and files. */
export interface CompanySize {
  readonly customers: number;
  readonly products: number;
  readonly orders: number;
  readonly reviews: number;
  readonly sessions: number;
  readonly files: number;
}

/** Over a million rows and five thousand files: large enough that a wrong backup tool would show. */
export const fullSize: CompanySize = {
  customers: 80_000,
  products: 4_000,
  orders: 150_000,
  reviews: 60_000,
  sessions: 110_000,
  files: 5_000,
};

/** The same company, smaller: for tests, and for looking at the story itself. */
export function scaled(size: CompanySize, factor: number): CompanySize {
  const scale = (count: number) => Math.max(20, Math.round(count * factor));
  return {
    customers: scale(size.customers),
    products: scale(size.products),
    orders: scale(size.orders),
    reviews: scale(size.reviews),
    sessions: scale(size.sessions),
    files: scale(size.files),
  };
}
