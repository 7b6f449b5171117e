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
}
