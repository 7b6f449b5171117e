import assert from 'node:assert/strict';
import { readFile, rm } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { onEachDatabase } from '../testing/temporary-database.ts';
import { KeyFile, Rotation, Vault } from '../vault/index.ts';
import { ada, password, consoleStage as stage } from './console-stage.ts';
import { longest } from './password/password-rules.ts';

onEachDatabase((databases) => {
  describe('accounts', () => {
    it('answer nothing before there is an owner, who is made by a link that works once', async () => {
      await using s = await stage(databases);
      const who = s.browser();
      for (const path of ['/', '/sign-in', '/account', '/setup/x', '/anything']) {
        assert.equal((await who.go(path)).status, 404, path);
      }
      assert.equal((await who.go('/sign-in', { email: ada.email, password })).status, 404);
      const old = await s.accounts.setUpLink.make();
      const token = await s.accounts.setUpLink.make();
      assert.equal((await who.go(`/setup/${old}`)).status, 404, 'a new link ends the old one');
      assert.equal((await who.go(`/setup/${token}`)).status, 200);
      const short = await who.go(`/setup/${token}`, { ...ada, password: 'too short' });
      assert.equal(short.status, 422);
      assert.match(short.text, /at least 15 characters/);
      assert.doesNotMatch(short.text, /too short/);
      const done = await who.go(`/setup/${token}`, ada);
      assert.deepEqual([done.status, done.to], [303, '/account']);
      assert.match((await who.go('/account')).text, /ada@example\.com/);
      assert.equal((await who.go(`/setup/${token}`)).status, 404);
      assert.equal((await s.browser().go(`/setup/${token}`, ada)).status, 404);
      assert.equal(await s.accounts.setUpLink.make(), undefined);
      assert.deepEqual(await s.actions(), [
        'user.created',
        'sign-in-method.added',
        'organisation.set-up',
        'session.begun',
      ]);
      assert.equal((await s.audit.entries({ limit: 1 }))[0]?.origin.actor?.name, 'Ada');
    });

    it('makes one owner when many use the link at once, and none when it is too old', async () => {
      await using s = await stage(databases);
      const late = await s.accounts.setUpLink.make();
      s.clock.advance(3_600_000);
      assert.equal((await s.browser().go(`/setup/${late}`, ada)).status, 404);
      const token = await s.accounts.setUpLink.make();
      const answers = await Promise.all(
        [1, 2, 3].map((n) => s.browser().go(`/setup/${token}`, { ...ada, email: `ada${n}@example.com` })),
      );
      assert.deepEqual(answers.map(({ status }) => status).sort(), [303, 404, 404]);
      assert.equal((await s.database.read.selectFrom('users').select('id').execute()).length, 1);
    });

    it('sign in and out, and a session that was ended signs nobody in', async () => {
      await using s = await stage(databases);
      await s.setUp();
      const who = s.browser();
      assert.deepEqual((await who.go('/account')).to, '/sign-in');
      const answer = await who.go('/sign-in', { email: ' ADA@example.com ', password });
      assert.deepEqual([answer.status, answer.to], [303, '/account']);
      const [set = ''] = answer.headers.getSetCookie();
      assert.match(set, /^octobox-session=/);
      for (const attribute of [/HttpOnly/, /SameSite=Lax/i, /Path=\//]) assert.match(set, attribute);
      const stolen = who.cookie;
      assert.equal((await who.go('/account')).status, 200);
      assert.equal((await who.go('/sign-out', {})).to, '/sign-in');
      assert.equal((await s.browser().go('/account', undefined, { cookie: stolen })).to, '/sign-in');
    });

    it('have fields that cut no password off which may be chosen', async () => {
      await using s = await stage(databases);
      const setUp = await s.browser().go(`/setup/${await s.accounts.setUpLink.make()}`);
      await s.setUp();
      for (const { text } of [setUp, await s.browser().go('/sign-in')]) {
        const [, longestTyped] = /type="password"[^>]* maxlength="(\d+)"/.exec(text) ?? assert.fail(text);
        assert.ok(Number(longestTyped) > '🦉'.repeat(longest).length);
      }
    });

    it('say the same of a wrong password and of an account that is not there', async () => {
      await using s = await stage(databases);
      await s.setUp();
      const answers = [];
      for (const email of [ada.email, 'eve@example.com', 'no address', '']) {
        const { status, text } = await s.browser().go('/sign-in', { email, password: `${password}!` });
        answers.push([status, text.replaceAll(email === '' ? '\0' : email, '')]);
      }
      assert.deepEqual(answers.slice(1), [answers[0], answers[0], answers[0]]);
      assert.equal(answers[0]?.[0], 401);
      const [refused] = await s.audit.entries({ limit: 1 });
      assert.equal(refused?.action, 'sign-in.refused');
      assert.equal(refused?.origin.address, '127.0.0.1');
      assert.doesNotMatch(JSON.stringify(await s.audit.entries({ limit: 99 })), /eve@|canary|no address/);
    });

    it('are guessed at so often and no more, from one address and at one account', async () => {
      await using s = await stage(databases);
      await s.setUp();
      s.clock.advance(3_600_000);
      const guess = (email: string, word: string) =>
        s.accounts.signIn(
          { email, password: word },
          { cookie: undefined, address: word.startsWith('far') ? word : '192.0.2.9', userAgent: undefined },
        );
      for (let i = 0; i < 20; i++) assert.equal((await guess(`x${i}@example.com`, 'no')).kind, 'refused');
      assert.equal((await guess(ada.email, password)).kind, 'limited');
      s.clock.advance(901_000);
      assert.equal((await guess(ada.email, password)).kind, 'signed-in');
      const far = await Promise.all(Array.from({ length: 33 }, (_, i) => guess(ada.email, `far${i}`)));
      assert.equal(far.filter(({ kind }) => kind === 'refused').length, 30);
      assert.equal((await guess(ada.email, password)).kind, 'limited');
      assert.equal((await s.actions()).filter((action) => action === 'sign-in.limited').length, 2);
      s.clock.advance(3_601_000);
      // Whoever knows the password is no guesser, however often he comes.
      for (let i = 0; i < 25; i++) assert.equal((await guess(ada.email, password)).kind, 'signed-in');
    });

    it('show where one is signed in, and end it there', async () => {
      await using s = await stage(databases);
      const { who } = await s.setUp();
      const other = s.browser('Mozilla/5.0 (Windows NT) Edg/140.0');
      await other.go('/sign-in', { email: ada.email, password });
      const { text } = await who.go('/account');
      assert.match(text, /Edge on Windows/);
      const path = /action="(\/account\/sessions\/[^"/]+\/end)"/.exec(text)?.[1] ?? '';
      assert.equal((await who.go(path, {})).to, '/account');
      assert.equal((await other.go('/account')).to, '/sign-in');
      assert.equal((await who.go('/account')).status, 200);
      await other.go('/sign-in', { email: ada.email, password });
      await who.go('/account/sessions/end-others', {});
      assert.equal((await other.go('/account')).to, '/sign-in');
      assert.equal((await who.go('/account')).status, 200);
      const ended = (await s.audit.entries({ limit: 9 })).filter(({ action }) => action === 'session.ended');
      assert.deepEqual(
        ended.map(({ origin }) => origin.actor?.name),
        ['Ada', 'Ada'],
      );
    });

    it('change the password, which ends all other sessions', async () => {
      await using s = await stage(databases);
      const { who } = await s.setUp();
      const other = s.browser();
      await other.go('/sign-in', { email: ada.email, password });
      const fresh = 'a quite different canary';
      assert.equal((await who.go('/account/password', { current: 'wrong', fresh })).status, 422);
      assert.equal((await who.go('/account/password', { current: password, fresh: 'short' })).status, 422);
      const engines = await who.go('/account/password', { current: password, fresh: 'Engines Engines1' });
      assert.match(engines.text, /name of the organisation/);
      assert.equal((await who.go('/account/password', { current: password, fresh })).to, '/account');
      assert.equal((await who.go('/account')).status, 200);
      assert.equal((await other.go('/account')).to, '/sign-in');
      assert.equal((await other.go('/sign-in', { email: ada.email, password })).status, 401);
      assert.equal((await other.go('/sign-in', { email: ada.email, password: fresh })).status, 303);
      const actions = await s.actions();
      assert.ok(actions.includes('password.changed') && actions.includes('password.refused'));
    });

    it('are opened again for who forgot the password, by a link that works once, for an hour', async () => {
      await using s = await stage(databases);
      const { who } = await s.setUp();
      await assert.rejects(s.resets.make('eve@example.com'), { code: 'server.not-found' });
      const old = await s.resets.make(ada.email);
      const late = await s.resets.make(' ADA@example.com');
      assert.equal((await s.browser().go(`/reset/${old}`)).status, 404);
      s.clock.advance(3_600_000);
      assert.equal((await s.browser().go(`/reset/${late}`)).status, 404);
      const token = await s.resets.make(ada.email);
      const fresh = { password: 'a quite different canary' };
      assert.equal((await s.browser().go(`/reset/${token}`)).status, 200);
      assert.equal((await s.browser().go(`/reset/${token}`, { password: 'short' })).status, 422);
      const answers = await Promise.all([1, 2].map(() => s.browser().go(`/reset/${token}`, fresh)));
      assert.deepEqual(answers.map(({ status }) => status).sort(), [303, 404]);
      assert.equal((await who.go('/account')).to, '/sign-in');
      assert.equal((await who.go('/sign-in', { email: ada.email, password })).status, 401);
      assert.equal((await who.go('/sign-in', { email: ada.email, ...fresh })).status, 303);
      const actions = await s.actions();
      assert.ok(actions.includes('password.link-made') && actions.includes('password.changed'));
    });

    it('end without use, and after a day in any case', async () => {
      await using s = await stage(databases);
      const { who } = await s.setUp();
      // The one by the clock of the platform, which stands still here, the other by that of the machine.
      const now = { created_at: () => s.clock.now().getTime(), expires_at: () => Date.now() };
      const put = (column: keyof typeof now, secondsAgo: number) =>
        s.rewrite((t) =>
          t
            .updateTable('sessions')
            .set({ [column]: new Date(now[column]() - secondsAgo * 1_000).toISOString() })
            .execute(),
        );
      const row = await s.database.read.selectFrom('sessions').selectAll().executeTakeFirstOrThrow();
      // The clock is looked at once for each of the two.
      const life = (Date.parse(row.expires_at) - Date.parse(row.created_at)) / 1_000;
      assert.ok(Math.abs(life - 3_600) < 1, `${life} s`);
      await put('created_at', 86_300);
      assert.equal((await who.go('/account')).status, 200);
      await put('created_at', 86_401);
      assert.equal((await who.go('/account')).to, '/sign-in');
      await who.go('/sign-in', { email: ada.email, password });
      assert.equal((await who.go('/account')).status, 200);
      await put('expires_at', 1);
      assert.equal((await who.go('/account')).to, '/sign-in');
    });

    it('leave the cookie with the browser for as long as the session may last', async () => {
      await using s = await stage(databases);
      const { who } = await s.setUp();
      const signedIn = await s.browser().go('/sign-in', { email: ada.email, password });
      const changed = await who.go('/account/password', { current: password, fresh: `${password}!` });
      for (const { headers } of [signedIn, changed])
        assert.match(headers.get('set-cookie') ?? '', /octobox-session=[^;]{40,}; Max-Age=86400;/);
    });

    it('hash anew at signing in when the parameters have risen', async () => {
      await using s = await stage(databases);
      await s.setUp();
      const hashOf = async () =>
        (
          await s.database.read
            .selectFrom('sign_in_methods')
            .select('password_hash')
            .executeTakeFirstOrThrow()
        ).password_hash ?? '';
      assert.match(await hashOf(), /\$m=64,t=1,p=1\$/);
      const visit = { cookie: undefined, address: '127.0.0.1', userAgent: undefined };
      const risen = s.make({ memory: 128, passes: 2, lanes: 1 });
      assert.equal((await risen.signIn({ email: ada.email, password: 'wrong' }, visit)).kind, 'refused');
      assert.match(await hashOf(), /\$m=64,/);
      assert.equal((await risen.signIn({ email: ada.email, password }, visit)).kind, 'signed-in');
      assert.match(await hashOf(), /\$m=128,t=2,p=1\$/);
      assert.equal((await risen.signIn({ email: ada.email, password }, visit)).kind, 'signed-in');
    });

    it('hold on another node, which has the same database and the same key of the vault', async () => {
      await using s = await stage(databases);
      const { who } = await s.setUp();
      const visit = { cookie: who.cookie, address: '127.0.0.1', userAgent: undefined };
      assert.equal((await s.make().session(visit))?.user.email, ada.email);
      const forged = who.cookie.replace(/\.[^.]*$/, `.${'A'.repeat(43)}%3D`);
      assert.equal(await s.make().session({ ...visit, cookie: forged }), undefined);
    });

    it('go on with a new key when that of the vault is lost, and everybody signs in again', async () => {
      await using s = await stage(databases);
      const { who } = await s.setUp();
      assert.deepEqual(await s.ownKeys.dropLost(), []);
      const lost = new KeyFile(s.folder, { bits: 2_048 });
      for (const file of [lost.path, lost.publicPath]) await rm(file, { force: true });
      const keys = new KeyFile(s.folder, { bits: 2_048 });
      const vault = new Vault({ database: s.database, clock: s.clock, holder: keys });
      assert.deepEqual(await s.ownKeys.dropLost(), ['identity', 'session-signing']);
      const rotated = await new Rotation({ database: s.database, clock: s.clock, keys }).run({
        keyLost: true,
      });
      assert.deepEqual([rotated.finished, rotated.unreadable], [true, []]);
      const visit = { cookie: who.cookie, address: '127.0.0.1', userAgent: undefined };
      const anew = s.make(undefined, vault);
      assert.equal(await anew.session(visit), undefined);
      assert.equal((await anew.signIn({ email: ada.email, password }, visit)).kind, 'signed-in');
    });

    it('are begun anew when there is no owner any more', async () => {
      await using s = await stage(databases);
      await s.setUp();
      await s.database.change((t) => t.deleteFrom('users').execute());
      const anew = s.make();
      assert.equal(await anew.hasOwner(), false);
      await s.setUp();
      assert.equal(await anew.hasOwner(), true);
    });

    it('let nothing of a password get into the database', async () => {
      await using s = await stage(databases);
      const { who } = await s.setUp();
      await who.go('/account/password', { current: password, fresh: 'another canary-77 of mine' });
      const tables = [
        'users',
        'sign_in_methods',
        'sessions',
        'attempts',
        'audit_entries',
        'set_up_links',
      ] as const;
      const rows = await Promise.all(
        tables.map((table) => s.database.read.selectFrom(table).selectAll().execute()),
      );
      assert.doesNotMatch(JSON.stringify(rows), /canary/);
      if (s.settings.kind !== 'sqlite') return;
      for (const file of [s.settings.file, `${s.settings.file}-wal`]) {
        assert.ok(!(await readFile(file)).includes('canary-77'));
      }
    });

    it('are changed by no page of another origin, and reached under no other name', async () => {
      await using s = await stage(databases);
      const { who } = await s.setUp();
      for (const headers of [
        { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
        { origin: 'null', 'sec-fetch-site': 'same-origin' },
        { origin: s.url, 'sec-fetch-site': 'same-site' },
      ]) {
        const answer = await who.go('/sign-out', {}, headers);
        assert.equal(answer.status, 403, JSON.stringify(headers));
      }
      assert.equal((await who.go('/account')).status, 200);
      const tooMuch = await who.go('/sign-in', { email: 'x', password: 'y'.repeat(20_000) });
      assert.equal(tooMuch.status, 413);
      const { headers } = await who.go('/account');
      assert.equal(headers.get('cache-control'), 'no-store');
      assert.equal(headers.get('strict-transport-security'), null);
      assert.match(headers.get('content-security-policy') ?? '', /default-src 'none'.*form-action 'self'/);
    });
  });
});

describe('the address of the console', () => {
  it('is asked for by its name alone, and cookies are bound to it where there is TLS', async () => {
    const { sqliteMaker } = await import('../testing/temporary-database.ts');
    await using s = await stage(sqliteMaker(), { url: 'https://octobox.example.com' });
    const token = await s.accounts.setUpLink.make();
    const { request } = await import('node:http');
    const ask = (host: string, path: string, body?: string, origin = `https://${host}`) =>
      new Promise<{
        status: number | undefined;
        cookies: string[];
        transport: string | string[] | undefined;
      }>((resolve, reject) => {
        const headers: Record<string, string> = { host };
        if (body !== undefined) {
          headers.origin = origin;
          headers['content-type'] = 'application/x-www-form-urlencoded';
        }
        const asking = request(
          `${s.url}${path}`,
          { method: body === undefined ? 'GET' : 'POST', headers },
          (answer) => {
            answer.resume();
            resolve({
              status: answer.statusCode,
              cookies: answer.headers['set-cookie'] ?? [],
              transport: answer.headers['strict-transport-security'],
            });
          },
        );
        asking.on('error', reject);
        asking.end(body);
      });
    assert.equal((await ask('evil.example', `/setup/${token}`)).status, 421);
    assert.equal((await ask('127.0.0.1', `/setup/${token}`)).status, 421);
    const { status, transport } = await ask('octobox.example.com', `/setup/${token}`);
    assert.deepEqual([status, transport], [200, 'max-age=31536000']);
    const inTheClear = ['octobox.example.com', `/setup/${token}`, String(new URLSearchParams(ada))] as const;
    assert.equal((await ask(...inTheClear, 'http://octobox.example.com')).status, 403);
    const done = await ask('octobox.example.com', `/setup/${token}`, String(new URLSearchParams(ada)));
    assert.equal(done.status, 303);
    assert.match(done.cookies[0] ?? '', /^__Host-octobox-session=.*Secure/);
    assert.doesNotMatch(done.cookies[0] ?? '', /Domain/i);
  });
});
