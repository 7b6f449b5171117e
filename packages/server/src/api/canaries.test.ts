import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { sql } from 'kysely';
import { createLog, systemClock } from '../platform/index.ts';
import { canaryForms } from '../testing/canary-forms.ts';
import { onEachDatabase } from '../testing/temporary-database.ts';
import { KeyFile, Vault } from '../vault/index.ts';
import { apiStage } from './api-stage.ts';

onEachDatabase((databases) => {
  describe('canaries', () => {
    it('are in nothing that was written, whatever they were planted in, but where they belong', async () => {
      let logged = '';
      const destination = { write: (line: string) => (logged += line) };
      await using s = await apiStage(databases, {
        offSite: true,
        log: createLog({ level: 'trace', destination }),
      });
      const data = join(s.folder, 'data');
      const plant = (what: string) => `${what}-${randomBytes(9).toString('base64url')}`;
      const [password, scratch, first, second, sent, old, content] = [
        ...['pw', 'scratch', 'one', 'two', 'sent', 'old', 'content'],
      ].map(plant) as [string, string, string, string, string, string, string];
      const { id: serviceId } = await s.platform.catalog.addService({ name: 'Shop', criticality: 'high' });
      await s.platform.catalog.addSource({
        ...{ serviceId, kind: 'postgresql', name: 'db', drillSchedule: null },
        location: `postgres://shop:${password}@127.0.0.1:9/shop`,
        options: { scratchServer: `postgres://shop:${scratch}@127.0.0.1:9/postgres` },
      });
      await s.platform.runNow.backup('db');
      await s.page('/account/second-factor/begin', []);

      const answers: string[] = [];
      const ask = async (...call: Parameters<typeof s.ask>) => {
        const answer = await s.ask(...call);
        answers.push(answer.text);
        return answer;
      };
      const entry = { name: 'Mail', kind: 'email-account', serviceId };
      const headers = { 'idempotency-key': plant('key-of-a-request') };
      const again = { key: s.key, body: { ...entry, secret: first }, headers };
      const { json, headers: answered } = await ask('POST', '/vault/entries', again);
      assert.equal((await ask('POST', '/vault/entries', again)).json.id, json.id);
      const path = `/vault/entries/${json.id}`;
      const etag = { 'if-match': answered.get('etag') ?? '' };
      await ask('PATCH', path, { key: s.key, body: { secret: second }, headers: etag });
      await ask('PATCH', path, { key: s.key, body: { secret: second, color: second }, headers: etag });
      const opened = await s.ask('POST', `${path}/openings`, { inPerson: true });
      assert.equal(opened.json.secret, second, opened.text);
      assert.equal(opened.headers.get('cache-control'), 'no-store');
      for (const list of ['entries', 'grants', 'openings', 'evidence'])
        await ask('GET', `/vault/${list}`, { key: s.key });
      for (const list of [
        '/jobs',
        '/runs',
        '/sources',
        '/promises',
        '/status',
        '/settings',
        '/audit-entries',
        '/prunes',
        '/repairs',
        '/sources/db/found-files?search=*',
      ])
        await ask('GET', list, { key: s.key });

      // What is done with snapshots, of whose files one is secret.
      const { id: papers } = await s.platform.catalog.addSource({
        ...{ serviceId, kind: 'files', name: 'papers', location: s.site, drillSchedule: null },
      });
      const secretFile = join(s.site, 'secret.txt');
      const snapshots: string[] = [];
      for (const text of [old, content, content]) {
        await writeFile(secretFile, text);
        snapshots.push((await s.platform.runNow.backup(papers)).snapshotId ?? assert.fail('no snapshot'));
      }
      const [before, after] = snapshots;
      await s.prove();
      const begin = async (path: string, options: Parameters<typeof s.ask>[2]): Promise<number> => {
        const { status, json, text } = await ask('POST', path, options);
        assert.equal(status, 202, text);
        await s.platform.jobs.finish(json.id);
        return json.id;
      };
      await s.platform.runNow.mirror('paris');
      await ask('GET', `/snapshots/${after}/differences?since=${before}`, { key: s.key });
      const counted = await begin('/statistics', { key: s.key, body: { mode: 'raw-data' } });
      const forgets = { snapshots: [before] };
      const forget = (await ask('POST', '/forget-plans', { key: s.key, body: forgets })).json;
      const meant = { ...forgets, plan: forget.id, confirmRemove: forget.removeCount };
      await begin('/forget-plans/carry-out', { inPerson: true, body: meant });
      const prune = await begin('/prune-plans', { key: s.key, body: { maxUnusedPercent: 0 } });
      const pruned = await begin(`/prune-plans/${prune}/carry-out`, { inPerson: true });
      const mend = await begin('/repair-plans', { key: s.key, body: { what: 'index', readAllPacks: true } });
      const mended = await begin(`/repair-plans/${mend}/carry-out`, { inPerson: true });
      const checked = await begin('/repository-checks', { key: s.key, body: { data: 'all' } });
      for (const path of [
        `/statistics/${counted}`,
        `/prune-plans/${prune}`,
        `/prunes/${pruned}`,
        `/repair-plans/${mend}`,
        `/repairs/${mended}`,
        `/repository-checks/${checked}`,
        '/repositories/paris/mirror-plan',
        `/sources/${papers}/found-files?search=secret*`,
        `/snapshots/${after}/files?search=secret*`,
        ...[counted, prune, pruned, mend, mended].map((id) => `/jobs/${id}/log`),
      ]) {
        const { status, text } = await ask('GET', path, { key: s.key });
        assert.equal(status, 200, `${path}: ${text}`);
      }
      // Who may have it gets it, and nothing keeps it.
      for (const path of [`download?path=${secretFile}`, `archive?path=${s.site}`]) {
        const { text } = await s.ask('GET', `/snapshots/${after}/${path}`, { inPerson: true });
        assert.ok(text.includes(content), path);
      }
      await writeFile(secretFile, '');

      // What a file names and does not hold is sent beside it, and sealed.
      const source = "{ location: 'postgres://mail@127.0.0.1:9/mail', password: '${SENT}' }";
      const file = { text: `services: { mail: { sources: { mails: ${source} } } }`, values: { SENT: sent } };
      const { json: planned } = await ask('POST', '/configuration/plan', { inPerson: true, body: file });
      const refused = await ask('POST', '/configuration/carry-out', {
        ...{ inPerson: true, body: { ...file, plan: planned.plan } },
      });
      assert.match(refused.json.code, /^source[.]/, refused.text);
      await ask('POST', '/configuration/plan', { inPerson: true, body: { ...file, text: `${file.text} }` } });
      await ask('GET', '/configuration', { key: s.key });
      await ask('GET', '/audit-entries?limit=100', { key: s.key });
      for (const page of ['/audit.csv', '/audit.json', '/keys', '/account']) answers.push(await s.page(page));

      // What the platform made itself, as it is in the vault and in its key files.
      const vault = new Vault({ database: s.database, clock: systemClock, holder: new KeyFile(data) });
      const user = await s.database.read.selectFrom('users').select('id').executeTakeFirstOrThrow();
      const made = [
        { owner: `user:${user.id}`, name: 'second-factor-enrolment' },
        { owner: 'platform', name: 'identity' },
        { owner: 'platform', name: 'session-signing' },
        { owner: 'platform', name: 'book-of-the-vault' },
      ];
      const canaries = [password, scratch, first, second, sent, old, content];
      for (const name of made) canaries.push((await vault.open(name)) ?? assert.fail(name.name));
      const isKey = (file: string) => /[/](layer-keys|vault[.]pem|repository-password)([/]|$)/.test(file);
      const files = (await readdir(s.folder, { recursive: true, withFileTypes: true }))
        .filter((file) => file.isFile())
        .map((file) => join(file.parentPath, file.name));
      for (const file of files.filter((file) =>
        /[/](repository-password|crypt-key|(?!vault[.]seen)[^/]*identity)$/.test(file),
      )) {
        const lines = (await readFile(file, 'utf8')).trim().split('\n');
        canaries.push(...lines.filter((line) => line.length >= 16 && !line.startsWith('#')));
      }
      // The password of the repository, two of its crypt layer, and the identities of its age layer.
      assert.equal(canaries.length, 16);

      const written = new Map<string, Buffer>([
        ['the log', Buffer.from(logged)],
        ['answers', Buffer.from(answers.join('\n'))],
        ['the status report', Buffer.from(JSON.stringify(await s.platform.board.report()))],
        ['the database', await everythingIn(s)],
      ]);
      if (s.settings.kind === 'sqlite') files.push(s.settings.file, `${s.settings.file}-wal`);
      for (const file of files.filter((file) => !isKey(file))) written.set(file, await readFile(file));
      assert.ok(logged.length > 0 && (written.get('the database')?.length ?? 0) > 10_000);
      // The search finds what is there.
      assert.ok(
        canaryForms('byron-of-the-shop').length === 6 && written.get('the database')?.includes('"Mail"'),
      );
      for (const before of ['', 'a', 'ab']) {
        const hidden = Buffer.from(`${before}${first}!`).toString('base64');
        assert.ok(
          canaryForms(first).some((form) => hidden.includes(form.toString())),
          before,
        );
      }
      for (const canary of canaries) {
        for (const form of canaryForms(canary)) {
          for (const [where, bytes] of written) assert.ok(!bytes.includes(form), `${canary} in ${where}`);
        }
      }
    });
  });
});

/** Every row of every table, as a dump has it. */
async function everythingIn({ database, settings }: Awaited<ReturnType<typeof apiStage>>): Promise<Buffer> {
  const names =
    settings.kind === 'sqlite'
      ? sql<{ name: string }>`select name from sqlite_master where type = 'table'`
      : sql<{ name: string }>`select table_name as name from information_schema.tables
          where table_schema = current_schema() and table_type = 'BASE TABLE'`;
  return await database.change(async (transaction) => {
    const rows: unknown[] = [];
    for (const { name } of (await names.execute(transaction)).rows) {
      rows.push((await sql`select * from ${sql.table(name)}`.execute(transaction)).rows);
    }
    return Buffer.from(JSON.stringify(rows));
  });
}
