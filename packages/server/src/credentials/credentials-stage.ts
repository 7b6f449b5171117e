/** Members who keep credentials, on a real database and with a real vault. */
import type { Asker, Role } from '../access/index.ts';
import { Access } from '../access/index.ts';
import { AuditLog } from '../audit/index.ts';
import { IdentitySeals } from '../identity/index.ts';
import { instant, silentLog } from '../platform/index.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { changeSealed, unsealed } from '../testing/sealed-rows.ts';
import type { DatabaseMaker } from '../testing/temporary-database.ts';
import { writeVaultKey } from '../testing/temporary-vault-key.ts';
import { KeyFile, MachineUses, OwnKeys, Vault } from '../vault/index.ts';
import { BookCheck } from './book-check.ts';
import { BookSeals } from './book-seal.ts';
import { Entries } from './entries.ts';
import { Grants } from './grants.ts';
import { Openings } from './openings.ts';
import { type TransferNotice, Transfers } from './transfers.ts';

export const canary = 'canary-Ohph4ahj';

const people = {
  ada: 'owner',
  ben: 'operator',
  cleo: 'auditor',
  dan: 'operator',
  eve: 'outside-administrator',
} as const satisfies Record<string, Role>;
export type Name = keyof typeof people;

export async function credentialsStage(databases: DatabaseMaker) {
  const temporary = await databases.open();
  const { database, folder } = temporary;
  await writeVaultKey(folder);
  const clock = new ManualClock('2026-11-26T12:00:00Z');
  const keys = new KeyFile(folder, { bits: 2_048 });
  const uses = new MachineUses({ database, clock, log: silentLog });
  const vault = new Vault({ database, clock, holder: keys, noteUse: (owner) => uses.note(owner) });
  const audit = new AuditLog({ database, clock });
  const ownKeys = new OwnKeys({ database, vault, folder });
  const identity = new IdentitySeals({ database, audit, log: silentLog, keys: ownKeys });
  const access = new Access({ database, clock, identity });
  const now = (): string => instant(clock.now());
  await changeSealed(database, identity, async (t) => {
    const values = { id: 'o', name: 'Engines', created_at: now() };
    await t.insertInto('organisations').values(values).execute();
    for (const [id, role] of Object.entries(people)) {
      const user = { id, name: id, email: `${id}@example.com`, email_verified: 1, image: null };
      await t
        .insertInto('users')
        .values({ ...user, created_at: now(), updated_at: now(), ...unsealed, second_factor_since: null })
        .execute();
      const until = role === 'outside-administrator' ? '2027-01-01T00:00:00.000Z' : null;
      const member = { organisation_id: 'o', user_id: id, role, created_at: now(), until };
      await t
        .insertInto('members')
        .values({ ...member, ...unsealed })
        .execute();
    }
  });
  const common = { database, clock, vault, audit, access, identity };
  const entries = new Entries(common);
  const seals = new BookSeals({ ownKeys });
  const grants = new Grants({ ...common, seals });
  const book = new BookCheck({ ...common, seals });
  const openings = new Openings({ ...common, seals });
  const told: TransferNotice[] = [];
  const tell = async (_: unknown, notice: TransferNotice): Promise<void> => void told.push(notice);
  const transfers = new Transfers({ ...common, seals, tell });
  return {
    ...temporary,
    ...{
      clock,
      keys,
      vault,
      ownKeys,
      identity,
      audit,
      access,
      entries,
      seals,
      grants,
      openings,
      book,
      uses,
      now,
      transfers,
      told,
    },
    /** Who showed just now who he is. */
    as: (id: Name): Asker => ({ user: { id }, provedAt: now() }),
    from: (id: Name) => ({ actor: { id, name: id }, address: '192.0.2.7' }),
    mailOf: (ownerId: Name, name = 'Mail') =>
      entries.add(
        { ownerId, name, kind: 'email-account', login: 'byron@example.com', secret: canary },
        { actor: { id: ownerId, name: ownerId } },
      ),
    /** What was done, the newest first. */
    acts: async () => (await audit.entries({ limit: 99 })).map(({ action }) => action),
    [Symbol.asyncDispose]: () => temporary[Symbol.asyncDispose](),
  };
}
