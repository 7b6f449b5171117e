import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { onEachDatabase } from '../testing/temporary-database.ts';
import { readableText, startSmtpServer } from '../testing/temporary-smtp-server.ts';
import { ada, password } from './console-stage.ts';
import { membersStage, other } from './members/members-stage.ts';

const stranger = 'nobody@example.com';

onEachDatabase((databases) => {
  describe('with a mail server', () => {
    let server: Awaited<ReturnType<typeof startSmtpServer>>;
    before(async () => {
      server = await startSmtpServer();
    });
    after(() => server[Symbol.asyncDispose]());
    const stage = async () => {
      const mail = {
        ...{ host: '127.0.0.1', port: server.port, tls: 'none' as const, certificateFile: undefined },
        ...{ user: undefined, passwordFile: undefined, from: { name: 'Octobox', address: 'o@example.com' } },
      };
      const s = await membersStage(databases, { mail, url: 'http://localhost:8421' });
      /** The link of the last mail to an address, which leads to the console of the configuration. */
      const linkFor = async (to: string, count = 1): Promise<string> => {
        await s.sendMails();
        const text = readableText((await server.until(to, count)).at(-1) ?? assert.fail());
        return (
          /^http:\/\/localhost:8421(\/(?:reset|invitation)\/[\w-]{43})$/m.exec(text)?.[1] ?? assert.fail(text)
        );
      };
      const rows = async () => {
        const tables = ['mails', 'vault_secrets', 'jobs', 'job_log', 'audit_entries'] as const;
        const all = tables.map((table) => s.database.read.selectFrom(table).selectAll().execute());
        return JSON.stringify(await Promise.all(all));
      };
      return { ...s, linkFor, rows, [Symbol.asyncDispose]: () => s[Symbol.asyncDispose]() };
    };

    it('an invitation reaches who is invited, and nobody else sees its link', async () => {
      await using s = await stage();
      const email = `eve-${databases.kind}@example.com`;
      const mailOf = async (to: string) =>
        (await s.invitations.list(await s.sessionOf(s.owner))).find((each) => each.email === to)?.mail;
      assert.equal((await s.invite('viewer', email)).path, '');
      assert.equal((await mailOf(email))?.state, 'waiting');
      const withdrawn = await s.linkFor(email);
      assert.equal((await mailOf(email))?.state, 'sent');
      const { invitation } = await s.invite('viewer', email);
      await s.linkFor(email, 2);
      const renewed = await s.invitations.renew(await s.sessionOf(s.owner), invitation.id, false, s.origin);
      assert.equal(renewed.token, undefined);
      const link = await s.linkFor(email, 3);
      const token = link.split('/').at(-1) ?? '';
      assert.ok(!(await s.rows()).includes(token));
      assert.equal((await s.browser().go(withdrawn)).status, 404);
      assert.equal((await s.browser().go(link, { name: 'Eve', password: other })).status, 303);
      const shown = await s.invite('viewer', 'bob@example.com', { showLink: true });
      assert.match(shown.path, /\/invitation\//);
      await s.invite('viewer', 'refused@example.com');
      await s.sendMails();
      assert.match((await mailOf('refused@example.com'))?.failure?.message ?? '', /550 5\.1\.1/);
      await s.invite('viewer', 'gone@example.com');
      const session = await s.sessionOf(s.owner);
      for (const { id } of await s.invitations.list(session))
        assert.ok(await s.invitations.withdraw(session, id, s.origin));
      await s.sendMails();
      assert.ok(!server.mails.some(({ to }) => to.includes('gone@example.com')));
    });

    it('who forgot the password gets a link, and nobody learns whether there is an account', async () => {
      await using s = await stage();
      assert.match((await s.browser().go('/sign-in')).text, /href="\/forgotten"/);
      const { email } = ada;
      const earlier = server.mails.filter(({ to }) => to.includes(email)).length;
      const ask = (who: string) => s.browser().go('/forgotten', { email: who });
      const answers = [await ask(email), await ask(stranger), await ask('no address')];
      for (const { status, text } of answers) {
        assert.deepEqual([status, text], [200, answers[0]?.text]);
      }
      // What is done for both is the same, down to the rows that are written: so is the time that it takes.
      const before = await s.outbox.list({ state: 'waiting', limit: 9 });
      assert.deepEqual(before.map(({ recipient, kind }) => [recipient, kind]).sort(), [
        [email, 'password-reset'],
        [stranger, 'password-reset'],
      ]);
      assert.deepEqual(await s.database.read.selectFrom('password_resets').selectAll().execute(), []);
      const link = await s.linkFor(email, earlier + 1);
      assert.deepEqual(
        (await s.outbox.list({ limit: 9 })).map(({ recipient }) => recipient),
        [email],
      );
      assert.ok(!server.mails.some(({ to }) => to.includes(stranger)));
      assert.ok(!(await s.rows()).includes(link.split('/').at(-1) ?? ''));

      assert.equal((await s.browser().go(link, { password: other })).status, 303);
      assert.equal((await s.browser().go(link)).status, 404);
      assert.equal((await s.browser().go('/sign-in', { email, password })).status, 401);
      assert.equal((await s.browser().go('/sign-in', { email, password: other })).status, 303);
      await s.sendMails();
      const told = (await server.until(email, earlier + 2)).at(-1);
      assert.match(told?.text ?? '', /^Subject: Your Octobox account: the password was changed$/m);
      assert.match(told?.text ?? '', /\/app\/account\s/);

      for (const who of [email, stranger]) {
        const statuses = [];
        for (let i = 0; i < 3; i++) statuses.push((await ask(who)).status);
        assert.deepEqual(statuses, [200, 200, 429], who);
      }
      assert.equal((await s.actions()).filter((action) => action === 'password.link-limited').length, 2);
    });
  });

  describe('without a mail server', () => {
    it('there is no way to ask for a link', async () => {
      await using s = await membersStage(databases);
      assert.doesNotMatch((await s.browser().go('/sign-in')).text, /forgotten/);
      assert.equal((await s.browser().go('/forgotten')).status, 404);
      assert.equal((await s.browser().go('/forgotten', { email: ada.email })).status, 404);
      assert.deepEqual(await s.database.read.selectFrom('mails').selectAll().execute(), []);
    });
  });
});
