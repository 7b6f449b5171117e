import type { AuditLog, Origin } from '../audit/index.ts';
import type { Clock, Scheduler, Writer } from '../platform/index.ts';
import type { Vault } from '../vault/index.ts';

/** What writing to the catalog needs beside a transaction. */
export interface CatalogGround {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly vault: Vault;
  readonly audit: AuditLog;
  /** What other rooms keep of a service ends with it, in the same transaction. */
  readonly onServiceRemoved: (transaction: Writer, serviceId: string) => Promise<void>;
}

/** One change of the catalog: its transaction, and who makes it. */
export interface CatalogChange extends CatalogGround {
  readonly transaction: Writer;
  readonly origin: Origin;
  /** When something is added: later than what was added before, so that they stay in order. */
  readonly creation: () => Date;
}

/** A file of a thousand services is written faster than milliseconds pass; beyond that the clock was set back. */
const mostAheadMs = 60_000;

/** Now, or a millisecond after the one before where no time has passed. */
export function creations(clock: Clock): () => Date {
  let last = 0;
  return () => {
    const now = clock.now().getTime();
    last = last - now > mostAheadMs ? now : Math.max(now, last + 1);
    return new Date(last);
  };
}
