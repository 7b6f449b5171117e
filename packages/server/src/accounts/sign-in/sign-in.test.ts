import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { onEachDatabase } from '../../testing/temporary-database.ts';
import { ada, consoleStage, password } from '../console-stage.ts';
import { argon2id } from '../password/password-hashing.ts';

const fresh = 'another canary-77 of mine';
const visit = { cookie: undefined, address: undefined, userAgent: undefined };

onEachDatabase((databases) => {
  describe('signing in', () => {
    /** Somebody gives the password, and before the answer to whether it is right something else happens. */
    async function meanwhile(parameters: Parameters<Awaited<ReturnType<typeof consoleStage>>['make']>[0]) {
      const s = await consoleStage(databases);
      const { who } = await s.setUp();
      const reached = Promise.withResolvers<void>();
      const goOn = Promise.withResolvers<void>();
      const accounts = s.make(parameters, s.vault, async (work) => {
        const derived = await argon2id(work);
        reached.resolve();
        await goOn.promise;
        return derived;
      });
      const given = { email: ada.email, password };
      return {
        ...s,
        who,
        async signIn(happens: () => Promise<unknown>) {
          const outcome = accounts.signIn(given, visit);
          await reached.promise;
          await happens();
          goOn.resolve();
          return (await outcome).kind;
        },
        sessions: async () =>
          (await s.database.read.selectFrom('sessions').select('id').execute()).length +
          (await s.database.read.selectFrom('half_sign_ins').select('token_hash').execute()).length,
        [Symbol.asyncDispose]: () => s[Symbol.asyncDispose](),
      };
    }

    for (const [how, parameters] of [
      ['', undefined],
      [', and kept with other parameters now', { memory: 128, passes: 1, lanes: 1 }],
    ] as const) {
      it(`with a password that is changed at that moment gives nothing${how}`, async () => {
        await using s = await meanwhile(parameters);
        const change = async () => {
          const { to } = await s.who.go('/account/password', { current: password, fresh });
          assert.equal(to, '/account');
        };
        assert.equal(await s.signIn(change), 'refused');
        assert.equal(await s.sessions(), 1, 'that of who changed it');
        assert.equal((await s.actions()).at(-1), 'sign-in.refused');
      });
    }

    it('with a password that is reset at that moment gives nothing', async () => {
      await using s = await meanwhile(undefined);
      const token = await s.resets.make(ada.email);
      assert.equal(await s.signIn(() => s.resets.use(token, fresh, visit)), 'refused');
      assert.equal(await s.sessions(), 0);
    });

    it('goes on when the same password is kept with other parameters by another node', async () => {
      const risen = { memory: 128, passes: 1, lanes: 1 };
      await using s = await meanwhile(risen);
      const other = s.make(risen);
      const kinds = [await s.signIn(() => other.signIn({ email: ada.email, password }, visit))];
      assert.deepEqual(kinds, ['signed-in']);
    });

    it('gives no session to who is asked for a code from that moment on', async () => {
      await using s = await meanwhile(undefined);
      const enrol = async () => {
        const user_id = (await s.database.read.selectFrom('users').select('id').executeTakeFirstOrThrow()).id;
        const on = { user_id, enabled_at: s.clock.now().toISOString(), last_step: 0, failures: 0 };
        await s.rewrite(async (t) => {
          await t.insertInto('second_factors').values(on).execute();
          await t.updateTable('users').set({ second_factor_since: on.enabled_at }).execute();
        });
      };
      assert.notEqual(await s.signIn(enrol), 'signed-in');
    });
  });
});
