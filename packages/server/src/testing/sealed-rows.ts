/** For tests that write rows of the accounts by SQL, as the platform does not. */
import { AuditLog } from '../audit/index.ts';
import { IdentitySeals, sealAllRows } from '../identity/index.ts';
import type { Seal } from '../identity/schema.ts';
import { type Database, silentLog, systemClock, type Writer } from '../platform/index.ts';
import { KeyFile, OwnKeys, Vault } from '../vault/index.ts';

/** In place of the seal that `changeSealed` gives. */
export const unsealed = { seal: '' as Seal };

/** What seals the rows of a database whose vault has its key in this folder. */
export function identityOf({ database, folder }: { database: Database; folder: string }): IdentitySeals {
  const clock = systemClock;
  const vault = new Vault({ database, clock, holder: new KeyFile(folder, { bits: 2_048 }) });
  const keys = new OwnKeys({ database, vault, folder });
  return new IdentitySeals({ database, audit: new AuditLog({ database, clock }), log: silentLog, keys });
}

/** Writes, and seals what is there then, as if the platform had written it. */
export async function changeSealed<T>(
  database: Database,
  identity: IdentitySeals,
  work: (transaction: Writer) => Promise<T>,
): Promise<T> {
  const seal = await identity.get();
  return await database.change(async (transaction) => {
    const result = await work(transaction);
    await sealAllRows(transaction, seal);
    return result;
  });
}
