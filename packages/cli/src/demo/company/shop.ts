import type { CompanySize } from './size.ts';
import type { TillOptions } from './writer/till.ts';

/** How far the making of the company is. */
export type CompanyProgress = (step: string, done: number, total: number, unit: string) => void;

export interface ShopOptions {
  /** The company's folder; the shop makes its own below it. */
  readonly folder: string;
  readonly size: CompanySize;
  /** The end of the shop's past: whole hours. */
  readonly today: Date;
  readonly signal: AbortSignal;
  readonly onProgress?: CompanyProgress;
}

/** The sample company's database and all that the story does to it. Disposing it leaves nothing. */
export interface Shop extends AsyncDisposable {
  readonly kind: 'postgresql' | 'sqlite';
  /** For people: "PostgreSQL 15.18 on 127.0.0.1:41234". */
  readonly description: string;
  /** What is given to Octobox: a URL without its password, or a path. */
  readonly location: string;
  /** The password that belongs to the location. */
  readonly password: string | undefined;
  readonly rows: number;
  readonly tables: number;
  /** Of the table of orders; 0 where a table is one piece. */
  readonly partitions: number;
  /** How the shop's application reaches it. */
  readonly till: TillOptions;
  /** Drops the tables that hold the orders. `at`: when that was acknowledged; no order is after it. */
  dropTables(): Promise<{ readonly tables: readonly string[]; readonly at: Date }>;
  /** Which of these order references the database knows now. */
  known(references: readonly string[]): Promise<ReadonlySet<string>>;
}
