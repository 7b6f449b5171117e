import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { PostgresShop } from './postgres/shop.ts';
import type { CompanyProgress, Shop, ShopOptions } from './shop.ts';
import type { CompanySize } from './size.ts';
import { SqliteShop } from './sqlite/shop.ts';
import { writeWebsite } from './website/files.ts';
import { newInvoicesFolder } from './writer/invoices.ts';
import { Writer } from './writer/writer.ts';

/** The folders that somebody deletes by mistake. */
const deletedFolders = ['images', 'invoices'] as const;

export interface CompanyOptions {
  /** Exists, is empty, and may be entered by every user: PostgreSQL runs as another one. */
  readonly folder: string;
  readonly shop: 'postgresql' | 'sqlite';
  readonly size: CompanySize;
  readonly ordersPerSecond: number;
  readonly signal: AbortSignal;
  readonly onProgress?: CompanyProgress;
}

/** The sample company: a shop with its database, its web server's files, and customers who order. */
export class Company implements AsyncDisposable {
  readonly shop: Shop;
  readonly website: string;
  readonly files: { readonly files: number; readonly bytes: number };
  /** What the writer was told is safe; outside of all that is backed up. */
  readonly journal: string;
  readonly #ordersPerSecond: number;
  #writer: Writer | undefined;

  private constructor(
    options: CompanyOptions,
    shop: Shop,
    website: string,
    files: { files: number; bytes: number },
  ) {
    this.shop = shop;
    this.website = website;
    this.files = files;
    this.journal = join(options.folder, 'acknowledged.jsonl');
    this.#ordersPerSecond = options.ordersPerSecond;
  }

  /** Leaves no process behind when it fails or is aborted. */
  static async found(options: CompanyOptions): Promise<Company> {
    const website = join(options.folder, 'www');
    const shopOptions: ShopOptions = {
      folder: options.folder,
      size: options.size,
      today: new Date(Math.floor(Date.now() / 3_600_000) * 3_600_000),
      signal: options.signal,
      ...(options.onProgress && { onProgress: options.onProgress }),
    };
    const open = options.shop === 'sqlite' ? SqliteShop.open : PostgresShop.open;
    // The database fills inside its server while this process draws pictures.
    const [shop, files] = await Promise.allSettled([
      open(shopOptions),
      writeWebsite(website, options.size.files, { signal: options.signal }),
    ]);
    if (shop.status === 'rejected') throw shop.reason;
    if (files.status === 'rejected') {
      await shop.value[Symbol.asyncDispose]();
      throw files.reason;
    }
    await mkdir(join(website, newInvoicesFolder), { recursive: true });
    return new Company(options, shop.value, website, files.value);
  }

  /** The shop's application, once it was opened. */
  get writer(): Writer {
    if (this.#writer === undefined) throw new Error('the shop is not open yet');
    return this.#writer;
  }

  /** Opens the shop: customers order from now on. Resolves with the first acknowledged order. */
  async open(signal: AbortSignal): Promise<void> {
    const { till } = this.shop;
    const { journal, website } = this;
    this.#writer = await Writer.start(
      { till, journal, website, ordersPerSecond: this.#ordersPerSecond, ordersPerInvoice: 10 },
      signal,
    );
  }

  /** Drops the tables with the orders and deletes the pictures and invoices, while customers order. */
  async suffer(): Promise<{ at: Date; tables: readonly string[]; folders: readonly string[] }> {
    const { tables, at } = await this.shop.dropTables();
    // The shop goes on writing meanwhile, as shops do.
    for (const folder of deletedFolders)
      await rm(join(this.website, folder), { recursive: true, force: true, maxRetries: 20, retryDelay: 20 });
    return { at, tables, folders: deletedFolders };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.#writer?.stop();
    } finally {
      await this.shop[Symbol.asyncDispose]();
    }
  }
}
