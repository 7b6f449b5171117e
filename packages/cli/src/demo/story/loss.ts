import type { InvoiceEntry, JournalEntry, OrderEntry } from '../company/writer/journal.ts';

/** What became of everything that was acknowledged before a disaster. */
export interface OrderLoss {
  readonly acknowledged: number;
  readonly back: number;
  /** Oldest first. */
  readonly lost: readonly OrderEntry[];
  /** Those of the lost that were acknowledged before the recovery point: a backup must hold them. */
  readonly missing: readonly OrderEntry[];
}

/** The orders that were acknowledged before the disaster, oldest first. */
export const ordersBefore = (journal: readonly JournalEntry[], disaster: Date): readonly OrderEntry[] =>
  journal.filter(
    (entry): entry is OrderEntry => entry.kind === 'order' && Date.parse(entry.at) <= disaster.getTime(),
  );

/** The invoices that lay on disk before the disaster, oldest first. */
export const invoicesBefore = (journal: readonly JournalEntry[], disaster: Date): readonly InvoiceEntry[] =>
  journal.filter(
    (entry): entry is InvoiceEntry => entry.kind === 'invoice' && Date.parse(entry.at) <= disaster.getTime(),
  );

/**
 * Counts by reference and not by id: after a restore the database numbers on from the backup's last id,
 * so a lost order and a new one may bear the same number.
 *
 * @param known the references that the restored database has
 * @param recoveryPoint the instant of the backup's consistent view
 */
export function countLoss(
  orders: readonly OrderEntry[],
  known: ReadonlySet<string>,
  recoveryPoint: Date,
): OrderLoss {
  const lost = orders.filter((order) => !known.has(order.reference));
  const missing = lost.filter((order) => Date.parse(order.at) < recoveryPoint.getTime());
  return { acknowledged: orders.length, back: orders.length - lost.length, lost, missing };
}
