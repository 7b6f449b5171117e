import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { type Kysely, sql } from 'kysely';
import { migrations } from '../migrations.ts';
import { openDatabase } from '../platform/index.ts';
import { type DatabaseMaker, onEachDatabase } from '../testing/temporary-database.ts';
import { consoleStage, password } from './console-stage.ts';
import { PasswordHashing } from './password/password-hashing.ts';

const now = new Date().toISOString();

/** As the release before left it: an owner with a second factor, a viewer, and an invitation. */
async function fill(database: Kysely<unknown>): Promise<void> {
  const hash = await new PasswordHashing({ memory: 64, passes: 1, lanes: 1 }).hash(password);
  const run = (statement: string) => sql.raw(statement).execute(database);
  await run(`insert into organisations (id, name, created_at) values ('o', 'Engines', '${now}')`);
  for (const [id, role] of [
    ['ada', 'owner'],
    ['bob', 'viewer'],
  ]) {
    await run(
      `insert into users (id, name, email, email_verified, created_at, updated_at) values ('${id}', '${id}', '${id}@example.com', 0, '${now}', '${now}')`,
    );
    await run(
      `insert into sign_in_methods (id, user_id, provider, provider_account, password_hash, created_at, updated_at)
       values ('m-${id}', '${id}', 'credential', '${id}', '${hash}', '${now}', '${now}')`,
    );
    await run(
      `insert into members (organisation_id, user_id, role, created_at) values ('o', '${id}', '${role}', '${now}')`,
    );
  }
  await run(
    `insert into second_factors (user_id, enabled_at, last_step, failures) values ('ada', '${now}', 0, 0)`,
  );
}

async function stage(databases: DatabaseMaker) {
  const open = async () => {
    const settings = await databases.nothing();
    const before = migrations.filter(({ name }) => name < '0036');
    const old = await openDatabase(settings, before);
    await old.change((transaction) => fill(transaction as unknown as Kysely<unknown>));
    await old.close();
    const folder = await mkdtemp(join(tmpdir(), 'octobox-adoption-'));
    const database = await openDatabase(settings, migrations);
    return {
      ...{ settings, folder, database },
      async [Symbol.asyncDispose]() {
        await database.close();
        await rm(folder, { recursive: true });
      },
    };
  };
  return await consoleStage({ ...databases, open }, { forges: true });
}

onEachDatabase((databases) => {
  describe('accounts of a release before rows were sealed', () => {
    it('are sealed once, go on as they were, and that is in the audit log', async () => {
      await using s = await stage(databases);
      const signIn = async (email: string) =>
        (await s.browser().go('/sign-in', { email, password })).to ?? assert.fail();
      assert.deepEqual(await Promise.all(['bob@example.com', 'ada@example.com'].map(signIn)), [
        '/account',
        '/sign-in/code',
      ]);
      assert.equal(await s.access.may({ id: 'ada' }, 'members.change'), true);
      assert.deepEqual((await s.rows.check()).foreign, {});
      const sealed = (await s.audit.entries({ limit: 99 })).filter(
        ({ action }) => action === 'accounts.sealed',
      );
      assert.deepEqual(
        sealed.map(({ origin, after }) => [origin.actor?.id, after]),
        [['octobox', { rows: 6 }]],
      );
    });

    it('are no pretext for rows that were written later', async () => {
      await using s = await stage(databases);
      await s.identity.get();
      await s.database.change((t) =>
        sql`update members set role = 'owner', seal = null where user_id = 'bob'`.execute(t),
      );
      assert.equal(await s.access.may({ id: 'bob' }, 'members.change'), false);
      assert.equal((await s.make().signIn({ email: 'bob@example.com', password }, none)).kind, 'signed-in');
      assert.deepEqual((await s.rows.check()).foreign, { members: 1 });
    });
  });
});

const none = { cookie: undefined, address: undefined, userAgent: undefined };
