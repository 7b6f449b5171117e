import assert from 'node:assert/strict';
import { readFile, rm } from 'node:fs/promises';
import { describe, it } from 'node:test';
import jsQr from 'jsqr';
import { type DatabaseMaker, onEachDatabase } from '../../testing/temporary-database.ts';
import { KeyFile, Rotation, Vault } from '../../vault/index.ts';
import { ada, consoleStage, password } from '../console-stage.ts';
import { decodeBase32, rfc4648 } from './base32.ts';
import { hotp, stepAt } from './one-time-code.ts';
import { dropLostFactors } from './secret-name.ts';

type Stage = Awaited<ReturnType<typeof consoleStage>>;
type Browser = ReturnType<Stage['browser']>;

/** An app as people have it: it knows the secret and looks at the clock. Each code is of a half minute of its own. */
const appOf = (s: Stage, page: string) => {
  const secret = (/<code>([A-Z2-7 ]+)<\/code>/.exec(page)?.[1] ?? '').replaceAll(' ', '');
  const key = decodeBase32(secret, rfc4648) ?? Buffer.alloc(0);
  const now = () => hotp(key, stepAt(s.clock.now()));
  return {
    secret,
    now,
    next: () => {
      s.clock.advance(30_000);
      return now();
    },
  };
};

const codesOf = (page: string): string[] =>
  [...page.matchAll(/<li><code>([^<]+)<\/code>/g)].map(([, code]) => code ?? '');

const sealed = async (s: Stage): Promise<string[]> => {
  const rows = await s.database.read.selectFrom('vault_secrets').select('name').execute();
  return rows.map(({ name }) => name);
};

async function enrol(s: Stage, who: Browser) {
  assert.equal((await who.go('/account/second-factor/begin', {})).to, '/account/second-factor/new');
  const app = appOf(s, (await who.go('/account/second-factor/new')).text);
  const { status, text } = await who.go('/account/second-factor/new', { code: app.next() });
  assert.equal(status, 200, text);
  return { app, codes: codesOf(text) };
}

async function stage(databases: DatabaseMaker) {
  const s = await consoleStage(databases);
  const { who } = await s.setUp();
  const other = s.browser();
  await other.go('/sign-in', { email: ada.email, password });
  const { app, codes } = await enrol(s, who);
  /** A browser that gave the password. */
  const half = async (word = password) => {
    const browser = s.browser();
    const answer = await browser.go('/sign-in', { email: ada.email, password: word });
    assert.deepEqual([answer.status, answer.to], [303, '/sign-in/code'], answer.text);
    return browser;
  };
  return { ...s, who, other, app, codes, half, [Symbol.asyncDispose]: () => s[Symbol.asyncDispose]() };
}

onEachDatabase((databases) => {
  describe('the second factor', () => {
    it('is asked for after the password, and there is no session before it', async () => {
      await using s = await stage(databases);
      assert.equal((await s.other.go('/account')).to, '/sign-in', 'other sessions end');
      assert.equal((await s.who.go('/account')).status, 200);
      const who = await s.half();
      assert.match(who.cookie, /^octobox-half-sign-in=[\w-]{43}$/);
      for (const path of ['/account', '/keys', '/audit', '/account/second-factor']) {
        assert.equal((await who.go(path)).to, '/sign-in', path);
      }
      assert.equal((await who.go('/account/second-factor/end', { current: password })).to, '/sign-in');
      assert.equal((await s.browser().go('/sign-in/code')).to, '/sign-in');
      assert.match((await who.go('/sign-in/code')).text, /autocomplete="one-time-code"/);
      assert.equal((await who.go('/sign-in/code', { code: '000000' })).status, 401);
      const done = await who.go('/sign-in/code', { code: s.app.next() });
      assert.deepEqual([done.status, done.to], [303, '/account']);
      assert.match(who.cookie, /^octobox-session=/);
      assert.match((await who.go('/account')).text, /It is on\. 10 of 10 recovery codes are left/);
      assert.deepEqual((await s.actions()).slice(-5), [
        'second-factor.enabled',
        'session.ended',
        'sign-in.code-asked',
        'sign-in.code-refused',
        'session.begun',
      ]);
    });

    it('takes no code twice, of half a sign-in neither', async () => {
      await using s = await stage(databases);
      const [one, two] = [await s.half(), await s.half()];
      const code = s.app.next();
      const cookie = one.cookie;
      const answers = await Promise.all([one, two].map((who) => who.go('/sign-in/code', { code })));
      assert.deepEqual(answers.map(({ status }) => status).sort(), [303, 401]);
      const again = await s.browser().go('/sign-in/code', { code: s.app.next() }, { cookie });
      assert.equal(again.to, answers[0]?.status === 303 ? '/sign-in' : '/account');
      const late = await s.half();
      s.clock.advance(600_000);
      assert.equal((await late.go('/sign-in/code', { code: s.app.now() })).to, '/sign-in');
    });

    it('lets nobody in with it who gave a password that holds no more', async () => {
      await using s = await stage(databases);
      const thief = await s.half();
      const fresh = 'five lanterns on a quay';
      assert.equal((await s.who.go('/account/password', { current: password, fresh })).to, '/account');
      assert.equal((await thief.go('/sign-in/code', { code: s.app.next() })).to, '/sign-in');
      const again = await s.half(fresh);
      const link = await s.resets.make(ada.email);
      assert.equal((await s.browser().go(`/reset/${link}`, { password })).to, '/sign-in');
      assert.equal((await again.go('/sign-in/code', { code: s.app.next() })).to, '/sign-in');
    });

    it('is replaced by a recovery code, once', async () => {
      await using s = await stage(databases);
      const [first = '', second = ''] = s.codes;
      const who = await s.half();
      const answer = await who.go('/sign-in/code', { recovery: first.toUpperCase().replaceAll('-', ' ') });
      assert.equal(answer.to, '/account');
      assert.match((await who.go('/account')).text, /9 of 10 recovery codes are left/);
      const again = await s.half();
      const wrong = await again.go('/sign-in/code', { recovery: first });
      assert.equal(wrong.status, 401);
      assert.match(wrong.text, /This recovery code is not right, or was used already/);
      assert.doesNotMatch(wrong.text, /clock of your phone/);
      assert.match(wrong.text, /<details open>[\s\S]*name="recovery"[^>]*aria-invalid="true"/);
      assert.doesNotMatch(wrong.text, /name="code"[^>]*(aria-invalid|autofocus)/);
      assert.match((await again.go('/sign-in/code', { code: '000000' })).text, /clock of your phone/);
      const renewed = codesOf((await who.go('/account/second-factor/codes', {})).text);
      assert.equal(renewed.length, 10);
      assert.equal((await again.go('/sign-in/code', { recovery: second })).status, 401);
      assert.equal((await again.go('/sign-in/code', { recovery: renewed[9] ?? '' })).to, '/account');
      const used = (await s.audit.entries({ limit: 99 })).filter(
        ({ action }) => action === 'recovery-code.used',
      );
      assert.deepEqual(
        used.map(({ after, origin }) => [after, origin.actor?.name]),
        [
          [{ left: 9 }, 'Ada'],
          [{ left: 9 }, 'Ada'],
        ],
      );
    });

    it('is guessed at so often and no more, and a known password forgets no guesses', async () => {
      await using s = await stage(databases);
      const visit = (n: number, cookie: string) => ({
        cookie,
        address: `192.0.2.${n}`,
        userAgent: undefined,
      });
      const { cookie } = await s.half();
      const kinds: string[] = [];
      for (let i = 0; i < 12; i++) {
        await s.half();
        kinds.push((await s.accounts.signInWithCode('000000', visit(i, cookie))).kind);
      }
      assert.deepEqual(kinds, [...Array(10).fill('refused'), 'limited', 'limited']);
      assert.equal((await s.actions()).filter((action) => action === 'sign-in.code-limited').length, 1);
      s.clock.advance(3_600_000);
      await s.database.change((t) => t.updateTable('second_factors').set({ failures: 100 }).execute());
      const who = await s.half();
      const blocked = await who.go('/sign-in/code', { code: s.app.next() });
      assert.equal(blocked.status, 401);
      assert.match(blocked.text, /Use a recovery code/);
      assert.equal((await who.go('/sign-in/code', { recovery: s.codes[0] ?? '' })).to, '/account');
      const after = await s.half();
      assert.equal((await after.go('/sign-in/code', { code: s.app.next() })).to, '/account');
    });

    it('lets a password of 8 characters be enough, and ends when that is long enough alone', async () => {
      await using s = await stage(databases);
      const short = 'fernlamp';
      assert.match((await s.who.go('/account')).text, /8 characters or more/);
      assert.equal((await s.who.go('/account/password', { current: password, fresh: short })).to, '/account');
      const who = await s.half(short);
      await who.go('/sign-in/code', { code: s.app.next() });
      const end = '/account/second-factor/end';
      const refused = await who.go(end, { current: short });
      assert.equal(refused.status, 422);
      assert.match(refused.text, /at least 15 characters.*Change the password first/);
      await who.go('/account/password', { current: short, fresh: password });
      const sure = await s.half();
      await sure.go('/sign-in/code', { code: s.app.next() });
      s.clock.advance(900_000);
      assert.match((await sure.go('/account/second-factor')).text, /or a recovery code/);
      assert.equal((await sure.go(end, { current: password })).status, 422, 'a code is asked for too');
      assert.equal((await sure.go(end, { current: 'wrong', code: s.app.next() })).status, 422);
      assert.equal((await sure.go(end, { current: password })).to, '/account');
      assert.equal((await s.browser().go('/sign-in', { email: ada.email, password })).to, '/account');
      assert.deepEqual(await sealed(s), ['identity', 'session-signing']);
      assert.ok((await s.actions()).includes('second-factor.disabled'));
    });

    it('is set up by who shows once more who he is, with what the app shows', async () => {
      await using s = await consoleStage(databases);
      const { who } = await s.setUp();
      s.clock.advance(900_000);
      const begin = '/account/second-factor/begin';
      const asked = await who.go(begin, { kept: 'a "word"' });
      assert.equal(asked.status, 401);
      assert.match(asked.text, /name="kept" value="a &quot;word&quot;"/);
      assert.equal((await who.go(begin, { proof: 'wrong' })).status, 401);
      assert.equal((await who.go('/account/second-factor/new')).to, '/account');
      assert.equal((await who.go(begin, { proof: password })).to, '/account/second-factor/new');
      const { text } = await who.go('/account/second-factor/new');
      const app = appOf(s, text);
      assert.equal(
        readQr(text),
        `otpauth://totp/Octobox%20Engines:ada%40example.com?secret=${app.secret}&issuer=Octobox%20Engines&algorithm=SHA1&digits=6&period=30`,
      );
      assert.equal((await who.go('/account/second-factor/new', { code: '000000' })).status, 422);
      assert.equal((await who.go('/account/second-factor/new', { code: app.now() })).status, 200);
      s.clock.advance(900_000);
      assert.match((await who.go(begin, {})).text, /Code of your app/, 'where there is one, it is asked for');
      assert.equal((await who.go(begin, { proof: password })).status, 401);
      assert.equal((await who.go(begin, { proof: app.now() })).to, '/account/second-factor/new');
      const { app: another } = await enrol(s, who);
      const half = s.browser();
      await half.go('/sign-in', { email: ada.email, password });
      assert.equal((await half.go('/sign-in/code', { code: app.next() })).status, 401);
      assert.equal((await half.go('/sign-in/code', { code: another.next() })).to, '/account');
    });

    it('is asked for a proof so often and no more', async () => {
      await using s = await consoleStage(databases);
      const { who } = await s.setUp();
      s.clock.advance(900_000);
      const statuses: number[] = [];
      for (let i = 0; i < 11; i++) {
        statuses.push((await who.go('/account/second-factor/begin', { proof: `no ${i}` })).status);
      }
      assert.deepEqual(statuses, [...Array(10).fill(401), 429]);
      const limited = await who.go('/account/second-factor/begin', { proof: password });
      assert.equal(limited.status, 429);
      const actions = await s.actions();
      assert.equal(actions.filter((action) => action === 'proof.refused').length, 10);
      assert.ok(actions.includes('proof.limited'));
    });

    it('stays with a new password by link, unless the link was made to turn it off', async () => {
      await using s = await stage(databases);
      const kept = await s.resets.make(ada.email);
      assert.match((await s.browser().go(`/reset/${kept}`)).text, /a code of your app/);
      assert.equal((await s.browser().go(`/reset/${kept}`, { password: 'fernlamp' })).to, '/sign-in');
      await s.half('fernlamp');
      const off = await s.resets.make(ada.email, { secondFactor: true });
      assert.match((await s.browser().go(`/reset/${off}`)).text, /The second factor is turned off/);
      assert.equal((await s.browser().go(`/reset/${off}`, { password: 'lampfern' })).status, 422);
      await s.half('fernlamp');
      assert.equal((await s.browser().go(`/reset/${off}`, { password })).to, '/sign-in');
      const answer = await s.browser().go('/sign-in', { email: ada.email, password });
      assert.equal(answer.to, '/account');
      const entry = (await s.audit.entries({ limit: 9 })).find(
        ({ action }) => action === 'second-factor.disabled',
      );
      assert.equal(entry?.origin.actor?.name, 'Ada');
    });

    it('goes on with recovery codes when the key of the vault is lost', async () => {
      await using s = await stage(databases);
      const lost = new KeyFile(s.folder, { bits: 2_048 });
      for (const file of [lost.path, lost.publicPath]) await rm(file, { force: true });
      const keys = new KeyFile(s.folder, { bits: 2_048 });
      const vault = new Vault({ database: s.database, clock: s.clock, holder: keys });
      const who = await s.half();
      const noKey = await who.go('/sign-in/code', { code: s.app.next() });
      assert.match(noKey.text, /a key is missing on the server\. Use a recovery code/);
      assert.equal(await dropLostFactors({ vault, database: s.database }), 1);
      assert.equal(await dropLostFactors({ vault, database: s.database }), 0);
      const rotated = await new Rotation({ database: s.database, clock: s.clock, keys }).run({
        keyLost: true,
      });
      assert.equal(rotated.unreadable.length, 2, 'what signs cookies and seals rows, for the test of that');
      assert.match((await who.go('/sign-in/code', { code: s.app.next() })).text, /Use a recovery code/);
      assert.equal((await who.go('/sign-in/code', { recovery: s.codes[3] ?? '' })).to, '/account');
    });

    it('shows to members who has one, and goes with the account', async () => {
      await using s = await stage(databases);
      const sessionOf = async ({ cookie }: { cookie: string }) =>
        (await s.accounts.session({ cookie, address: undefined, userAgent: undefined })) ?? assert.fail();
      const given = { email: 'bob@example.com', role: 'owner', until: '', services: [] };
      const { token } = await s.invitations.make(await sessionOf(s.who), given, {});
      const bob = s.browser();
      await bob.go(`/invitation/${token}`, { name: 'Bob', password: 'four lamps in a harbour' });
      const session = await sessionOf(bob);
      const factors = (await s.members.list(session)).map(({ name, hasSecondFactor }) => [
        name,
        hasSecondFactor,
      ]);
      assert.deepEqual(factors, [
        ['Ada', true],
        ['Bob', false],
      ]);
      const [{ user_id = '' } = {}] = await s.database.read
        .selectFrom('second_factors')
        .select('user_id')
        .execute();
      assert.equal((await s.members.removal(session, user_id)).hasSecondFactor, true);
      await s.members.remove(session, user_id, {});
      for (const table of ['second_factors', 'recovery_codes', 'half_sign_ins'] as const) {
        assert.deepEqual(await s.database.read.selectFrom(table).selectAll().execute(), [], table);
      }
      assert.deepEqual(await sealed(s), ['identity', 'session-signing']);
    });

    it('leaves no secret and no code in the database, nor in the audit log', async () => {
      await using s = await stage(databases);
      await (await s.half()).go('/sign-in/code', { recovery: s.codes[0] ?? '' });
      const tables = [
        'second_factors',
        'recovery_codes',
        'half_sign_ins',
        'audit_entries',
        'vault_secrets',
        'attempts',
      ] as const;
      const rows = await Promise.all(
        tables.map((table) => s.database.read.selectFrom(table).selectAll().execute()),
      );
      const all = JSON.stringify(rows);
      for (const secret of [s.app.secret, ...s.codes]) assert.ok(!all.includes(secret));
      if (s.settings.kind !== 'sqlite') return;
      for (const file of [s.settings.file, `${s.settings.file}-wal`]) {
        const bytes = await readFile(file);
        for (const secret of [s.app.secret, ...s.codes]) assert.ok(!bytes.includes(secret));
      }
    });
  });
});

/** Draws the image of the page as a screen would, and reads it as a phone would. */
function readQr(page: string): string | undefined {
  const side = Number(/viewBox="0 0 (\d+)/.exec(page)?.[1]);
  const scale = 4;
  const pixels = new Uint8ClampedArray(side * side * scale * scale * 4).fill(255);
  for (const [, x, y] of page.matchAll(/M(\d+) (\d+)h1v1h-1z/g)) {
    for (let i = 0; i < scale * scale; i++) {
      const column = Number(x) * scale + (i % scale);
      const row = Number(y) * scale + Math.floor(i / scale);
      pixels.fill(0, (row * side * scale + column) * 4, (row * side * scale + column) * 4 + 3);
    }
  }
  return jsQr.default(pixels, side * scale, side * scale)?.data;
}
