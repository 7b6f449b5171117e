import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { InvoicePrinter } from './invoices.ts';
import { Journal } from './journal.ts';
import type { StartMessage, StateMessage, StopMessage } from './messages.ts';
import { PostgresTill } from './postgres-till.ts';
import { SqliteTill } from './sqlite-till.ts';
import type { PlacedOrder, Till } from './till.ts';

/**
 * The shop's application, a process of its own: customers keep ordering, whatever happens to the
 * database. An order that fails is tried again until it is acknowledged; the next one waits for it.
 *
 *     taking orders ──an order fails──► out ──the same order is acknowledged──► taking orders
 */
const retryAfter = 200; // milliseconds: short, because it decides how exactly the outage is measured

const report = (state: StateMessage) => process.connected && process.send?.(state);

async function run(options: StartMessage, stop: AbortSignal): Promise<void> {
  await using journal = await Journal.open(options.journal);
  await using till: Till =
    options.till.kind === 'sqlite' ? new SqliteTill(options.till) : new PostgresTill(options.till);
  const printer = new InvoicePrinter(options.website);
  let orders = 0;
  let invoices = 0;
  let lastOutage: StateMessage['lastOutage'];

  const placeUntilAcknowledged = async (reference: string): Promise<PlacedOrder | undefined> => {
    let out: number | undefined;
    while (!stop.aborted) {
      try {
        const placed = await till.place(reference);
        const at = new Date();
        await journal.append({
          kind: 'order',
          reference,
          id: placed.id,
          at: at.toISOString(),
          total: placed.total,
        });
        if (out !== undefined) {
          lastOutage = { milliseconds: at.getTime() - out, endedAt: at.toISOString() };
          await journal.append({
            kind: 'back',
            at: lastOutage.endedAt,
            milliseconds: lastOutage.milliseconds,
          });
        }
        return placed;
      } catch (error) {
        if (out === undefined) {
          const at = new Date();
          out = at.getTime();
          const reason = error instanceof Error ? error.message : String(error);
          await journal.append({ kind: 'out', at: at.toISOString(), reason });
          report({ kind: 'state', orders, invoices, lastOutage, outSince: at.toISOString() });
        }
        await pause(retryAfter, undefined, { signal: stop }).catch(() => undefined);
      }
    }
    return undefined;
  };

  while (!stop.aborted) {
    const due = performance.now() + 1000 / options.ordersPerSecond;
    const placed = await placeUntilAcknowledged(randomUUID());
    if (placed === undefined) break;
    orders += 1;
    if (orders % options.ordersPerInvoice === 0) printer.add(placed);
    for (const entry of await printer.print()) {
      await journal.append(entry);
      invoices += 1;
    }
    report({ kind: 'state', orders, invoices, lastOutage });
    await pause(Math.max(0, due - performance.now()), undefined, { signal: stop }).catch(() => undefined);
  }
}

const stopping = new AbortController();
process.once('message', (first: StartMessage) => {
  process.on('message', (message: StopMessage) => {
    if (message.kind === 'stop') stopping.abort();
  });
  run(first, stopping.signal).then(
    () => {
      // Gone already when it was the parent's death that closed the shop.
      if (process.connected) process.disconnect?.();
    },
    (error: unknown) => {
      process.stderr.write(
        `the shop's application failed: ${error instanceof Error ? error.stack : error}\n`,
      );
      process.exit(1);
    },
  );
});
// Whoever started the shop is gone, perhaps killed: the shop closes too.
process.once('disconnect', () => stopping.abort());
