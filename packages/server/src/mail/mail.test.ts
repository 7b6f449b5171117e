import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { makeCertificate, type TestCertificate } from '@octobox/storage/testing';
import { type Log, type MailSettings, makeJobQueue, systemClock } from '../platform/index.ts';
import { type DatabaseMaker, onEachDatabase } from '../testing/temporary-database.ts';
import { readableText, startSmtpServer } from '../testing/temporary-smtp-server.ts';
import { writeVaultKey } from '../testing/temporary-vault-key.ts';
import { KeyFile, Vault } from '../vault/index.ts';
import { bodiesOf } from './letter.ts';
import { MailError } from './mail-error.ts';
import { MailJob } from './mail-job.ts';
import { Outbox } from './outbox.ts';
import { Smtp } from './smtp.ts';

const secretLink = 'https://octobox.example.com/reset/canary-4711';
const letter = {
  subject: 'A new\r\nBcc: eve@example.com password',
  paragraphs: ['Ada <b>Lovelace</b> & Co. — Zürich'],
  link: { words: 'Choose it here', url: secretLink },
};
const settings = (port: number, more: Partial<MailSettings> = {}): MailSettings => ({
  host: '127.0.0.1',
  port,
  tls: 'none',
  certificateFile: undefined,
  user: undefined,
  passwordFile: undefined,
  from: { name: 'Octobox', address: 'octobox@example.com' },
  ...more,
});
const envelope = (to: string) => ({ to, messageId: '<1@example.com>', date: new Date() });

describe('the way to a mail server', () => {
  let certificate: TestCertificate;
  before(async () => {
    certificate = await makeCertificate();
  });
  after(() => certificate[Symbol.asyncDispose]());

  const refusal = async (using: MailSettings, to = 'eve@example.com'): Promise<MailError> => {
    const error = await new Smtp(using).send(bodiesOf(letter), envelope(to)).then(
      () => assert.fail('it was sent'),
      (thrown: unknown) => thrown,
    );
    assert.ok(error instanceof MailError, String(error));
    assert.ok(!/canary/.test(`${error.message} ${error.advice}`));
    return error;
  };

  it('hands over HTML and text, in which nothing of a name becomes a tag or a header', async () => {
    await using server = await startSmtpServer();
    const answers: string[] = [];
    const answer = await new Smtp(settings(server.port)).send(
      bodiesOf(letter),
      envelope('ada@example.com'),
      (line) => answers.push(line),
    );
    assert.equal(answer, '250 2.0.0 taken as test-1');
    assert.match(answers[0] ?? '', /^220 mail\.test/);
    assert.equal(answers.at(-1), answer);
    const [mail] = await server.until('ada@example.com');
    assert.ok(mail);
    assert.deepEqual([mail.from, mail.to], ['octobox@example.com', ['ada@example.com']]);
    const [head = ''] = mail.text.split(/\r?\n\r?\n/);
    assert.match(head, /^Subject: A new Bcc: eve@example\.com password$/m);
    assert.match(head, /^From: Octobox <octobox@example\.com>$/m);
    assert.match(head, /^Auto-Submitted: auto-generated$/im);
    assert.doesNotMatch(head, /^Bcc/m);
    assert.match(readableText(mail), /Ada <b>Lovelace<\/b> & Co/);
    assert.ok(readableText(mail).includes(secretLink));
    assert.match(mail.text, /&lt;b&gt;Lovelace&lt;\/b&gt; &amp; Co/);
  });

  it('tells an address that is refused from trouble that may pass', async () => {
    await using server = await startSmtpServer();
    const using = settings(server.port);
    const refused = await refusal(using, 'refused@example.com');
    assert.deepEqual([refused.code, refused.refused], ['server.mail-refused', true]);
    assert.match(refused.message, /550 5\.1\.1/);
    for (const to of ['busy@example.com', 'cut@example.com']) {
      assert.equal((await refusal(using, to)).refused, false, to);
    }
    const nobody = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => nobody.once('listening', resolve));
    const { port } = nobody.address() as { port: number };
    await new Promise((resolve) => nobody.close(resolve));
    assert.match((await refusal(settings(port))).message, /cannot be reached/);
  });

  it('says nothing to a server whose certificate is not right, or that has none', async () => {
    const { certificate: file, key } = certificate;
    await using sealed = await startSmtpServer({ tls: 'implicit', certificate: file, key });
    await using upgrading = await startSmtpServer({ tls: 'starttls', certificate: file, key });
    await using plain = await startSmtpServer();
    for (const [server, tls] of [
      [sealed, 'implicit'],
      [upgrading, 'starttls'],
    ] as const) {
      const strange = await refusal(settings(server.port, { tls }));
      assert.match(strange.message, /no safe connection/);
      const elsewhere = settings(server.port, { tls, certificateFile: file, host: 'localhost' });
      assert.match((await refusal(elsewhere)).message, /no safe connection|cannot be reached/);
      await new Smtp(settings(server.port, { tls, certificateFile: file })).send(
        bodiesOf(letter),
        envelope('ada@example.com'),
      );
      await server.until('ada@example.com');
      assert.deepEqual(
        server.mails.map((mail) => mail.tls),
        [true],
      );
    }
    await refusal(settings(plain.port, { tls: 'starttls' }));
    await refusal(settings(plain.port, { tls: 'implicit' }));
    assert.deepEqual(plain.mails, []);
  });

  it('names the file of the authorities that cannot be read', async () => {
    const missing = new Smtp(settings(1, { tls: 'starttls', certificateFile: '/nowhere/authorities.pem' }));
    await assert.rejects(missing.send(bodiesOf(letter), envelope('ada@example.com')), {
      code: 'server.config',
      advice: /mail\.certificateFile/,
    });
  });

  it('signs in with the password of a file, which no answer and no error shows', async () => {
    const { certificate: file, key } = certificate;
    const password = 'canary of a password';
    const tls = 'starttls' as const;
    await using server = await startSmtpServer({ tls, certificate: file, key, user: 'octobox', password });
    const passwordFile = `${file}.password`;
    const using = settings(server.port, { tls, certificateFile: file, user: 'octobox', passwordFile });
    await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
    const answers: string[] = [];
    await new Smtp(using).send(bodiesOf(letter), envelope('ada@example.com'), (line) => answers.push(line));
    await server.until('ada@example.com');
    await writeFile(passwordFile, 'another canary');
    const refused = await refusal(using);
    assert.match(refused.message, /does not take the sign-in/);
    assert.doesNotMatch(`${answers.join()} ${refused.message} ${refused.stack}`, /canary/);
    await writeFile(passwordFile, '\n');
    const empty = new Smtp(using).send(bodiesOf(letter), envelope('ada@example.com'));
    await assert.rejects(empty, { code: 'server.config', message: /is empty/, advice: /first line/ });
  });
});

async function outboxStage(databases: DatabaseMaker, using: MailSettings) {
  const temporary = await databases.open();
  const { database, folder } = temporary;
  await writeVaultKey(folder);
  const clock = systemClock;
  const vault = new Vault({ database, clock, holder: new KeyFile(folder, { bits: 2_048 }) });
  const logged: string[] = [];
  const note = (...line: unknown[]): void => void logged.push(JSON.stringify(line));
  const log = { ...console, error: note, warn: note, info: note, debug: note } as unknown as Log;
  /** As another process has it, or the same one after a restart. */
  const another = () => {
    const jobs = makeJobQueue({ database, clock, log, leaseMs: 30_000 });
    const outbox = new Outbox({ database, clock, vault, jobs, settings: using });
    jobs.define(new MailJob({ outbox, clock, log }));
    return { jobs, outbox };
  };
  const here = another();
  await here.outbox.prepare();
  const add = async (to: string, lifeMs = 60_000) => {
    const mail = { kind: 'a-test', to, about: `thing:${to}`, expiresAt: new Date(Date.now() + lifeMs) };
    const id = await database.change((transaction) => here.outbox.add(transaction, mail, letter));
    const [job] = await here.jobs.list({ kind: 'mail', limit: 1 });
    assert.ok(job);
    return { id, job };
  };
  /** Everything that the database has, as one text. */
  const everything = async () => {
    const tables = ['mails', 'vault_secrets', 'jobs', 'job_log'] as const;
    const rows = tables.map((table) => database.read.selectFrom(table).selectAll().execute());
    return JSON.stringify(await Promise.all(rows));
  };
  const secrets = async () => (await database.read.selectFrom('vault_secrets').selectAll().execute()).length;
  return { ...temporary, ...here, another, add, logged, everything, secrets };
}

onEachDatabase((databases) => {
  describe('the outbox', () => {
    it('keeps a mail, sealed, until a server takes it, also when whoever put it there is gone', async () => {
      const first = await startSmtpServer();
      const { port } = first;
      await first[Symbol.asyncDispose]();
      await using s = await outboxStage(databases, settings(port));
      const { id, job } = await s.add('ada@example.com');
      const running = s.jobs.finish(job.id);
      while ((await s.outbox.get(id))?.attempts === 0)
        await new Promise((resolve) => setTimeout(resolve, 20));
      const waiting = await s.outbox.get(id);
      assert.deepEqual([waiting?.state, waiting?.failure?.code], ['waiting', 'server.mail-unsent']);
      assert.doesNotMatch(await s.everything(), /canary|Lovelace/);
      await using server = await startSmtpServer({ port });
      await s.database.change((t) => t.updateTable('jobs').set({ run_at: '2020' }).execute());
      const { jobs, outbox } = s.another();
      assert.equal((await jobs.finish(job.id)).state, 'succeeded');
      await running;
      assert.deepEqual((await server.until('ada@example.com')).length, 1);
      const sent = await outbox.get(id);
      assert.deepEqual([sent?.state, sent?.attempts, sent?.failure], ['sent', 2, undefined]);
      assert.match(sent?.answer ?? '', /^250/);
      assert.equal(await s.secrets(), 0);
      assert.doesNotMatch(`${await s.everything()} ${s.logged.join()}`, /canary|Lovelace/);
    });

    it('gives up what is refused, expired or withdrawn, says so, and keeps nothing of what it said', async () => {
      await using server = await startSmtpServer();
      await using s = await outboxStage(databases, settings(server.port));
      const refused = await s.add('refused@example.com');
      assert.equal((await s.jobs.finish(refused.job.id)).state, 'failed');
      const late = await s.add('late@example.com', -1);
      assert.equal((await s.jobs.finish(late.job.id)).state, 'failed');
      const gone = await s.add('gone@example.com');
      await s.database.change((t) => s.outbox.withdraw(t, 'thing:gone@example.com'));
      assert.equal((await s.jobs.finish(gone.job.id)).state, 'succeeded');
      const failed = await s.outbox.list({ state: 'failed', limit: 9 });
      assert.deepEqual(
        failed.map(({ failure }) => failure?.code),
        ['server.mail-expired', 'server.mail-refused'],
      );
      const [next] = await s.outbox.list({ after: `${failed[0]?.createdAt} ${failed[0]?.id}`, limit: 1 });
      assert.equal(next?.id, refused.id);
      assert.equal((await s.outbox.about(['thing:refused@example.com'])).size, 1);
      assert.deepEqual(server.mails, []);
      assert.equal(await s.secrets(), 0);
      assert.match(s.logged.join(), /given up/);
      assert.doesNotMatch(`${s.logged.join()} ${JSON.stringify(await s.jobs.list())}`, /refused@example/);
    });

    it('sends nobody what was written for somebody else', async () => {
      await using server = await startSmtpServer();
      await using s = await outboxStage(databases, settings(server.port));
      const { id, job } = await s.add('ada@example.com');
      await s.database.change((t) => t.updateTable('mails').set({ recipient: 'mal@example.com' }).execute());
      assert.equal((await s.jobs.finish(job.id)).state, 'failed');
      const { state, failure } = (await s.outbox.get(id)) ?? assert.fail();
      assert.deepEqual([state, failure?.code], ['failed', 'server.mail-refused']);
      assert.deepEqual(server.mails, []);
    });

    it('composes at the last moment what was asked for without words', async () => {
      await using server = await startSmtpServer();
      await using s = await outboxStage(databases, settings(server.port));
      s.outbox.composeBy('asked', async ({ recipient }) =>
        recipient === 'ada@example.com' ? letter : undefined,
      );
      for (const to of ['ada@example.com', 'nobody@example.com']) {
        const mail = { kind: 'asked', to, expiresAt: new Date(Date.now() + 60_000) };
        await s.database.change((transaction) => s.outbox.add(transaction, mail));
        const [job] = await s.jobs.list({ kind: 'mail', limit: 1 });
        assert.equal((await s.jobs.finish(job?.id ?? 0)).state, 'succeeded');
      }
      assert.equal((await server.until('ada@example.com')).length, 1);
      assert.equal(server.mails.length, 1);
      assert.deepEqual(
        (await s.outbox.list({ limit: 9 })).map(({ recipient }) => recipient),
        ['ada@example.com'],
      );
    });
  });
});
