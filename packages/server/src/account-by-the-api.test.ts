import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ada, consoleStage, password } from './accounts/console-stage.ts';
import { makeApi } from './api/api.ts';
import type { ApiRooms } from './api/routes/rooms.ts';
import { softwareAuthenticator } from './testing/temporary-authenticator.ts';
import { appCode } from './testing/temporary-authenticator-app.ts';
import { type DatabaseMaker, onEachDatabase } from './testing/temporary-database.ts';

const config = { api: { requestsPerSecond: 100, burst: 1_000 } };
const quarter = 900_000;

async function stage(databases: DatabaseMaker) {
  const s = await consoleStage(databases, {
    api: (rooms) => makeApi({ ...rooms, config } as unknown as ApiRooms & { url: string }),
  });
  const { who } = await s.setUp();
  const ask = who.ask.bind(who);
  const begin = async () => {
    const { json } = await ask('POST', '/account/second-factor/enrolment');
    return {
      ...{ json, now: () => appCode(json.secret, s.clock.now()) },
      next: () => {
        s.clock.advance(30_000);
        return appCode(json.secret, s.clock.now());
      },
    };
  };
  const signIn = async (userAgent: string, by = password) => {
    const other = s.browser(userAgent);
    const { status } = await other.go('/sign-in', { email: ada.email, password: by });
    assert.equal(status, 303);
    return other;
  };
  return { ...s, who, ask, begin, signIn, [Symbol.asyncDispose]: () => s[Symbol.asyncDispose]() };
}

onEachDatabase((databases) => {
  describe('the own account by the API', () => {
    it('has a name, a password and sessions, which are changed and ended', async () => {
      await using s = await stage(databases);
      const phone = await s.signIn('Mozilla/5.0 (iPhone) Safari/600');
      const { items } = (await s.ask('GET', '/account/sessions')).json;
      assert.deepEqual(
        items.map(({ isThis, browser }: { isThis: boolean; browser: string }) => [isThis, browser]).sort(),
        [
          [false, 'Safari on iOS'],
          [true, 'Firefox on Linux'],
        ],
      );
      const { id } = items.find(({ isThis }: { isThis: boolean }) => !isThis);
      assert.equal((await s.ask('DELETE', `/account/sessions/${id}`)).status, 204);
      assert.equal((await phone.ask('GET', '/account')).status, 401);

      const seen = { 'if-match': (await s.ask('GET', '/account')).headers.get('etag') ?? '' };
      const rename = (name: string) => s.ask('PATCH', '/account', { name }, seen);
      assert.equal((await rename('Ada Lovelace')).status, 204);
      assert.equal((await rename('Ada Byron')).json.code, 'api.outdated');
      assert.equal((await s.ask('GET', '/caller')).json.name, 'Ada Lovelace');

      const laptop = await s.signIn('Mozilla/5.0 (Windows) Edg/130');
      const fresh = 'five lanterns on a quay';
      const change = (given: object) => s.ask('POST', '/account/password', given);
      for (const [given, field] of [
        [{ current: 'wrong', fresh }, 'body.current'],
        [{ current: password, fresh: 'short' }, 'body.fresh'],
      ] as const) {
        const { status, json } = await change(given);
        assert.deepEqual([status, json.errors[0].field], [422, field]);
      }
      assert.equal((await change({ current: password, fresh })).status, 204);
      assert.equal((await s.ask('GET', '/account')).status, 200, 'the new session is in the answer');
      assert.equal((await laptop.ask('GET', '/account')).status, 401);
      const again = await s.signIn('again', fresh);
      assert.equal((await s.ask('POST', '/account/sessions/end-others')).status, 204);
      assert.equal((await again.ask('GET', '/account')).status, 401);
      assert.ok((await s.actions()).includes('user.changed'));
      let refused = { status: 0, json: { code: '' }, headers: new Headers() };
      for (let n = 0; n < 40 && refused.status !== 429; n++)
        refused = await change({ current: `wrong ${n}`, fresh });
      assert.deepEqual([refused.status, refused.json.code], [429, 'api.attempts']);
      assert.equal(refused.headers.get('retry-after'), '900');
      // Whoever has a session ends it here, as signing out does.
      const own = (await s.ask('GET', '/account/sessions')).json.items[0].id;
      await s.ask('DELETE', `/account/sessions/${own}`);
      assert.equal(s.who.cookie, '');
    });

    it('gets a second factor, which then proves who asks, and loses it', async () => {
      await using s = await stage(databases);
      s.clock.advance(quarter);
      const begin = () => s.ask('POST', '/account/second-factor/enrolment');
      assert.equal((await begin()).json.code, 'server.proof-needed');
      const state = async () => (await s.ask('GET', '/account/proof')).json;
      const give = (given: string) => s.ask('POST', '/account/proof', { given });
      assert.deepEqual(await state(), { kind: 'password', fresh: false, passkey: false });
      assert.match((await give('wrong')).json.detail, /This is not the password/);
      assert.equal((await give(password)).status, 204);
      assert.equal((await state()).fresh, true);

      const app = await s.begin();
      assert.match(app.json.uri, /^otpauth:/);
      const other = await s.signIn('another');
      const confirm = (code: string) => s.ask('POST', '/account/second-factor/confirm', { code });
      assert.equal((await confirm('000000')).json.errors[0].field, 'body.code');
      const { recoveryCodes } = (await confirm(app.now())).json;
      assert.equal(recoveryCodes.length, 10);
      assert.equal((await other.ask('GET', '/account')).status, 401, 'other sessions end');
      const { secondFactor, shortestPassword } = (await s.ask('GET', '/account')).json;
      assert.deepEqual([secondFactor.recoveryCodesLeft, shortestPassword], [10, 8]);

      s.clock.advance(quarter);
      assert.equal((await state()).kind, 'code');
      assert.equal((await give(password)).status, 422);
      assert.equal((await give(app.next())).status, 204);
      s.clock.advance(quarter);
      assert.equal((await give(recoveryCodes[0])).status, 204);
      const renewed = (await s.ask('POST', '/account/second-factor/recovery-codes')).json.recoveryCodes;
      assert.ok(!renewed.includes(recoveryCodes[1]));
      const end = (given: string) => s.ask('POST', '/account/second-factor/end', { password: given });
      assert.equal((await end('wrong')).json.errors[0].field, 'body.password');
      assert.equal((await end(password)).status, 204);
      assert.equal((await state()).kind, 'password');
      const actions = (await s.actions()).filter((action) => /factor|recovery/.test(action));
      assert.deepEqual(actions, [
        ...[
          'second-factor.enabled',
          'recovery-code.used',
          'recovery-codes.renewed',
          'second-factor.disabled',
        ],
      ]);
      const stored = JSON.stringify(await s.database.read.selectFrom('audit_entries').selectAll().execute());
      assert.ok(!stored.includes(app.json.secret) && !stored.includes(renewed[0]));
    });

    it('gets passkeys with names, which prove who asks, and keys that cannot reach any of this', async () => {
      await using s = await stage(databases);
      const device = softwareAuthenticator(s.url.replace('127.0.0.1', 'localhost'));
      const { options } = (await s.ask('POST', '/account/passkeys/options')).json;
      const answer = device.create(options);
      const add = () => s.ask('POST', '/account/passkeys', { name: 'Phone', answer });
      assert.equal((await add()).status, 204);
      assert.equal((await add()).json.errors[0].field, 'body.answer', 'an answer is good once');
      const [{ id }] = (await s.ask('GET', '/account/passkeys')).json.items;
      const stick = `/account/passkeys/${id}`;
      const seen = { 'if-match': (await s.ask('GET', stick)).headers.get('etag') ?? '' };
      assert.equal((await s.ask('PATCH', stick, { name: 'Blue stick' }, seen)).status, 204);
      assert.equal((await s.ask('PATCH', stick, { name: 'Red stick' }, seen)).json.code, 'api.outdated');
      assert.equal((await s.ask('GET', '/account/passkeys')).json.items[0].name, 'Blue stick');

      s.clock.advance(quarter);
      const remove = () => s.ask('DELETE', `/account/passkeys/${id}`);
      assert.equal((await remove()).json.code, 'server.proof-needed');
      assert.equal((await s.ask('GET', '/account/proof')).json.passkey, true);
      const question = async () => (await s.ask('POST', '/account/proof/passkey-options')).json.options;
      const prove = (given: object) => s.ask('POST', '/account/proof/passkey', { answer: given });
      const stranger = softwareAuthenticator(s.url.replace('127.0.0.1', 'localhost'));
      assert.equal((await prove(stranger.get(await question()))).status, 422);
      assert.equal((await prove(device.get(options))).status, 422, 'a question about something else');
      assert.equal((await prove(device.get(await question()))).status, 204);

      const until = s.clock.now().toISOString().slice(0, 10);
      const make = (scopes: string[]) =>
        s.ask('POST', '/account/api-keys', { name: 'Reports', scopes, until });
      assert.equal((await make(['restores.run'])).json.errors[0].field, 'body.scopes');
      const { json: key } = await make(['runs.read']);
      for (const [method, path] of [
        ['GET', '/account'],
        ['GET', '/account/api-keys'],
        ['POST', '/account/proof/passkey-options'],
        ['DELETE', `/account/api-keys/${key.id}`],
      ] as const) {
        const headers = { authorization: `Bearer ${key.secret}` };
        const refused = await fetch(`${s.url}/api/v1${path}`, { method, headers });
        assert.equal(refused.status, 403, path);
      }
      assert.equal((await s.ask('DELETE', `/account/api-keys/${key.id}`)).status, 204);
      assert.equal((await remove()).status, 204);
      const actions = (await s.actions()).filter((action) => /^(passkey|api-key)/.test(action));
      assert.deepEqual(actions, [
        ...['passkey.added', 'passkey.renamed', 'passkey.used'],
        ...['api-key.made', 'api-key.ended', 'passkey.removed'],
      ]);
    });
  });
});
