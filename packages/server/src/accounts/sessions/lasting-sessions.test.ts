import assert from 'node:assert/strict';
import { createSecretKey } from 'node:crypto';
import { describe, it } from 'node:test';
import { onEachDatabase } from '../../testing/temporary-database.ts';
import { ada, consoleStage } from '../console-stage.ts';
import { LastingSessions } from './lasting-sessions.ts';

onEachDatabase((databases) => {
  describe('a session that is read without better-auth', () => {
    const stage = async () => {
      const s = await consoleStage(databases);
      const { who } = await s.setUp();
      const key = createSecretKey(await s.ownKeys.get('session-signing'), 'utf8');
      const lasting = new LastingSessions({ ...s, engine: { cookieKey: async () => key } });
      return { s, who, find: (cookies: string) => lasting.find(cookies, s.clock.now()) };
    };

    it('is the one that better-auth began, with its last proof', async () => {
      const { s, who, find } = await stage();
      await using _ = s;
      const found = await find(`theme=dark; ${who.cookie}; more=1`);
      assert.equal(found?.user.email, ada.email);
      assert.ok(found.provedAt);
      const visit = { cookie: who.cookie, address: '127.0.0.1', userAgent: undefined };
      assert.deepEqual(await s.accounts.session(visit), found);
    });

    it('is none of another signature, of another name, or of two', async () => {
      const { s, who, find } = await stage();
      await using _ = s;
      const [, token = '', signature = ''] =
        /^octobox-session=([^.]+)\.(.+)$/.exec(who.cookie.split('; ')[0] ?? '') ?? [];
      assert.ok(await find(`octobox-session=${token}.${signature}`));
      for (const cookies of [
        '',
        'octobox-session=',
        `octobox-session=${token}`,
        `octobox-session=${token}.`,
        `octobox-session=${token}.${'A'.repeat(43)}%3D`,
        `octobox-session=${token}.${signature.replace(/%3D$/, '')}`,
        `octobox-session=${token}x.${signature}`,
        `octobox-session=x.${token}.${signature}`,
        `octobox-session=.${signature}`,
        `octobox-session=${token}.${signature}%`,
        `x-octobox-session=${token}.${signature}`,
        `octobox-session=other; octobox-session=${token}.${signature}`,
      ])
        assert.equal(await find(cookies), undefined, cookies);
    });

    it('ends with its row at once, and is left to better-auth when it is over or to be prolonged', async () => {
      const { s, who, find } = await stage();
      await using _ = s;
      // The one by the clock of the platform, which stands still here, the other by that of the machine.
      const now = { created_at: () => s.clock.now().getTime(), expires_at: () => Date.now() };
      const put = (column: keyof typeof now, secondsFromNow: number) =>
        s.rewrite((transaction) =>
          transaction
            .updateTable('sessions')
            .set({ [column]: new Date(now[column]() + secondsFromNow * 1_000).toISOString() })
            .execute(),
        );
      await put('expires_at', 3_600 - 290);
      assert.ok(await find(who.cookie));
      for (const seconds of [3_600 - 310, -1]) {
        await put('expires_at', seconds);
        assert.equal(await find(who.cookie), undefined, `${seconds} s`);
      }
      await put('expires_at', 3_600);
      await put('created_at', -86_401);
      assert.equal(await find(who.cookie), undefined);
      await put('created_at', 0);
      assert.ok(await find(who.cookie));
      await s.database.change((transaction) => transaction.deleteFrom('sessions').execute());
      assert.equal(await find(who.cookie), undefined);
    });
  });
});
