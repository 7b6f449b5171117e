/** A catalog on a real database for tests, with what it stands on: scheduler, vault and audit log. */
import { AuditLog } from '../audit/index.ts';
import { Catalog } from '../catalog/index.ts';
import { makeJobQueue, Scheduler, silentLog } from '../platform/index.ts';
import { KeyFile, Vault } from '../vault/index.ts';
import { ManualClock } from './manual-clock.ts';
import type { DatabaseMaker } from './temporary-database.ts';

export async function temporaryCatalog(databases: DatabaseMaker) {
  const temporary = await databases.open();
  const { database, folder, settings } = temporary;
  const clock = new ManualClock('2026-11-23T12:00:00.000Z');
  const queue = makeJobQueue({ database, clock, log: silentLog, leaseMs: 30_000 });
  const events = { emit: () => undefined };
  const scheduler = new Scheduler({ database, clock, log: silentLog, queue, events, graceMs: 60_000 });
  const vault = new Vault({ database, clock, holder: new KeyFile(folder, { bits: 2_048 }) });
  const audit = new AuditLog({ database, clock });
  /** Ids of services, as they were removed. */
  const removed: string[] = [];
  const onServiceRemoved = async (_: unknown, id: string) => void removed.push(id);
  const catalog = new Catalog({ database, clock, scheduler, vault, audit, onServiceRemoved });
  return {
    ...{ catalog, scheduler, vault, audit, removed, database, folder, settings },
    [Symbol.asyncDispose]: () => temporary[Symbol.asyncDispose](),
  };
}
