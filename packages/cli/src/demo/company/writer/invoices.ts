import { createHash } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { printInvoice } from '../website/invoice.ts';
import type { InvoiceEntry } from './journal.ts';
import type { PlacedOrder } from './till.ts';

/** Where the running shop puts its invoices, below the web server's folder. Made with the website. */
export const newInvoicesFolder = 'invoices/new';

/**
 * Writes one invoice so that it is whole or absent, and synced when this resolves. Rejects while the
 * folder is gone: putting up a new one would hide what happened.
 */
async function writeInvoice(website: string, order: PlacedOrder): Promise<InvoiceEntry> {
  const at = new Date().toISOString();
  const content = printInvoice({
    number: `W-${order.id}`,
    date: at,
    customer: order.customer,
    lines: order.lines,
  });
  const path = join(newInvoicesFolder, `${order.reference}.pdf`);
  const unfinished = join(website, newInvoicesFolder, `.${order.reference}.part`);
  const file = await open(unfinished, 'wx');
  try {
    await file.writeFile(content);
    await file.sync();
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  } finally {
    await file.close();
  }
  await rename(unfinished, join(website, path));
  const sha256 = createHash('sha256').update(content).digest('hex');
  return { kind: 'invoice', path, sha256, at: new Date().toISOString() };
}

/** The shop's printer: invoices that cannot be written now wait until they can. */
export class InvoicePrinter {
  readonly #website: string;
  readonly #waiting: PlacedOrder[] = [];

  constructor(website: string) {
    this.#website = website;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  add(order: PlacedOrder): void {
    this.#waiting.push(order);
  }

  /** Writes what waits, oldest first, as far as it goes. */
  async print(): Promise<InvoiceEntry[]> {
    const written: InvoiceEntry[] = [];
    for (let order = this.#waiting[0]; order !== undefined; order = this.#waiting[0]) {
      const entry = await writeInvoice(this.#website, order).catch(() => undefined);
      if (entry === undefined) break;
      this.#waiting.shift();
      written.push(entry);
    }
    return written;
  }
}
