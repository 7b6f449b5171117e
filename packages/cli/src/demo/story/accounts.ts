import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { InvoiceEntry, OrderEntry } from '../company/writer/journal.ts';
import { readJournal } from '../company/writer/journal.ts';
import type { Part } from '../telling/fact.ts';
import { countLoss, invoicesBefore, ordersBefore } from './loss.ts';
import type { Scene } from './scene.ts';
import { StepFailedError } from './step-failed.ts';

export interface Losses {
  readonly orders: number;
  readonly invoices: number;
}

async function isBack(website: string, invoice: InvoiceEntry): Promise<boolean> {
  const content = await readFile(join(website, invoice.path)).catch(() => undefined);
  return content !== undefined && createHash('sha256').update(content).digest('hex') === invoice.sha256;
}

const named = (order: OrderEntry | undefined) => order && { id: order.id, at: order.at };

/**
 * Holds the restored shop against the record of what it had acknowledged: what lies after the backup is
 * lost and is counted; what lies before it must be there.
 *
 * @param points the instants of the consistent views that were put back
 */
export async function settleAccounts(
  scene: Scene,
  disaster: Date,
  points: Readonly<Record<Part, Date>>,
): Promise<Losses> {
  const { company, teller } = scene;
  const journal = await Array.fromAsync(readJournal(company.journal));

  const orders = ordersBefore(journal, disaster);
  const known = await company.shop.known(orders.map((order) => order.reference));
  const loss = countLoss(orders, known, points.database);
  await teller.tell({
    ...{ type: 'orders', acknowledged: loss.acknowledged, back: loss.back },
    ...{ lost: loss.lost.length, missing: loss.missing.length },
    lostAmountCents: loss.lost.reduce((sum, order) => sum + order.total, 0),
    firstLost: named(loss.lost[0]),
    lastLost: named(loss.lost.at(-1)),
    recoveryPointAt: points.database.toISOString(),
    recoveryPointSeconds: (disaster.getTime() - points.database.getTime()) / 1000,
  });

  const invoices = invoicesBefore(journal, disaster);
  const gone: InvoiceEntry[] = [];
  for (const invoice of invoices) if (!(await isBack(company.website, invoice))) gone.push(invoice);
  const missing = gone.filter((invoice) => Date.parse(invoice.at) < points.files.getTime());
  await teller.tell({
    ...{ type: 'invoices', written: invoices.length, back: invoices.length - gone.length },
    ...{ lost: gone.length, missing: missing.length },
  });

  if (loss.missing.length > 0 || missing.length > 0) {
    throw new StepFailedError(
      'disaster',
      `${loss.missing.length} orders and ${missing.length} invoices from before the backup are missing`,
    );
  }
  return { orders: loss.lost.length, invoices: gone.length };
}
