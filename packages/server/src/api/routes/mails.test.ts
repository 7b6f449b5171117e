import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { onEachDatabase } from '../../testing/temporary-database.ts';
import { startSmtpServer } from '../../testing/temporary-smtp-server.ts';
import { apiStage } from '../api-stage.ts';

onEachDatabase((databases) => {
  describe('a trial mail by the API', () => {
    it('is sent at once, with what the mail server said, and is in the audit log', async () => {
      await using server = await startSmtpServer();
      const more = `mail: { server: 127.0.0.1, port: ${server.port}, tls: none, from: octobox@example.com }\n`;
      await using s = await apiStage(databases, { more });
      const body = { to: 'byron@example.com' };
      const { json, text } = await s.ask('POST', '/mails/trials', { key: s.key, body });
      assert.equal(json.taken, true, text);
      assert.match(json.answers[0], /^220 /);
      assert.deepEqual(
        server.mails.map(({ to }) => to),
        [['byron@example.com']],
      );
      const entries = (await s.ask('GET', '/audit-entries', { key: s.key })).json.items;
      assert.ok(entries.some(({ action }: { action: string }) => action === 'mail.tried'));
      const wrong = await s.ask('POST', '/mails/trials', { key: s.key, body: { to: 'a <b@c>' } });
      assert.equal(wrong.json.errors[0].field, 'body.to', wrong.text);
      // Nobody's mailbox is filled by it.
      const again = () => s.ask('POST', '/mails/trials', { key: s.key, body });
      const answers = await Promise.all(Array.from({ length: 24 }, again));
      const refused = answers.filter(({ status }) => status !== 200);
      assert.deepEqual([refused.length, refused[0]?.json.code], [6, 'api.attempts']);
      assert.equal(refused[0]?.headers.get('retry-after'), '3600');
      assert.equal(server.mails.length, 19);
    });

    it('needs a mail server', async () => {
      await using s = await apiStage(databases);
      const { json } = await s.ask('POST', '/mails/trials', { key: s.key, body: { to: 'a@example.com' } });
      assert.equal(json.code, 'server.mail-not-configured');
    });
  });
});
