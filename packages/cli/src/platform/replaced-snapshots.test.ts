import assert from 'node:assert/strict';
import { mkdir, readdir, rename, writeFile } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import { describe, it } from 'node:test';
import { Workshop } from '../testing/octobox.ts';

async function protectedFolder() {
  const shop = await Workshop.open();
  await mkdir(shop.at('www'));
  for (const name of ['index.html', 'secret']) await writeFile(shop.at('www', name), name);
  for (const args of [
    ['protect', 'www', '--every', '1h'],
    ['backup', 'www'],
  ]) {
    const { code, stderr } = await shop.run(args);
    assert.equal(code, 0, stderr);
  }
  const own = ['-r', shop.at('data/repository'), '--password-file', shop.at('data/repository-password')];
  const layered = [...own, '--layer-keys', shop.at('data/layer-keys')];
  const run = async (args: readonly string[], { expected = 0, data = 'data' } = {}) => {
    const env = { OCTOBOX_DATA: shop.at(data) };
    const { code, stdout, stderr } = await shop.call([...args, ...layered], { env });
    assert.equal(code, expected, `${args.join(' ')}\n${stdout}${stderr}`);
    return { stdout, stderr };
  };
  const query = (sql: string): string[] => {
    using database = new DatabaseSync(shop.at('data/octobox.db'), { readOnly: true });
    return database
      .prepare(sql)
      .all()
      .map((row) => String(Object.values(row)[0]));
  };
  return {
    ...{ shop, run, query },
    named: () => query('select snapshot_id from runs').join(),
    async stored() {
      const { stdout } = await run(['snapshots', '--json']);
      return JSON.parse(stdout) as { id: string; tags?: string[] }[];
    },
    [Symbol.asyncDispose]: () => shop[Symbol.asyncDispose](),
  };
}

describe("a snapshot of the platform's own repository that is replaced at the command line", () => {
  it('stays known to the platform, whichever verb it was, and keeps the tag of its source', async () => {
    await using s = await protectedFolder();
    const [source] = (await s.stored()).flatMap(({ tags = [] }) => tags);
    assert.match(source ?? '', /^octobox:source=/);
    const verbs = [
      [
        ['tag', '--set', 'one,two'],
        [source, 'one', 'two'],
      ],
      [
        ['tag', '--remove', 'two'],
        [source, 'one'],
      ],
      [['tag', '--set', ''], [source]],
      [['rewrite', '--exclude', 'secret', '--forget'], [source]],
      [['rewrite', '--new-host', 'elsewhere', '--forget'], [source]],
    ] as const;
    for (const [args, tags] of verbs) {
      const before = s.named();
      await s.run(args);
      const [only, ...others] = await s.stored();
      assert.deepEqual([only?.tags, others], [tags, []], args.join(' '));
      assert.equal(s.named(), only?.id);
      assert.notEqual(s.named(), before);
    }
    assert.deepEqual(s.query("select action from audit_entries where action like 'snapshot.%' order by id"), [
      ...Array(3).fill('snapshot.relabelled'),
      ...['snapshot.rewritten', 'snapshot.relabelled'],
    ]);
    const rule = /the tag octobox:source=\S+ is the platform's/;
    for (const args of [
      ['--remove', source ?? ''],
      ['--add', 'octobox:source=another'],
      ['--set', `kept,${source}`],
    ]) {
      assert.match((await s.run(['tag', ...args], { expected: 1 })).stderr, rule);
    }
    await s.run(['rewrite', '--exclude', 'index.html']);
    assert.equal((await s.stored()).length, 2);
    assert.ok(
      (await s.stored()).some(({ id }) => id === s.named()),
      'one that stays is known as before',
    );
  });

  it('is left alone when the platform could not learn of it', async () => {
    await using s = await protectedFolder();
    const before = await s.stored();
    await rename(s.shop.at('data/octobox.db'), s.shop.at('whole.db'));
    await writeFile(s.shop.at('data/octobox.db'), 'no database');
    for (const args of [
      ['tag', '--add', 'kept'],
      ['rewrite', '--exclude', 'secret', '--forget'],
    ]) {
      const { stderr } = await s.run(args, { expected: 1 });
      assert.match(stderr, /nothing was changed, because the platform would not know the new snapshots/);
      assert.match(stderr, /OCTOBOX_DATA/);
    }
    await rename(s.shop.at('whole.db'), s.shop.at('data/octobox.db'));
    assert.deepEqual(await s.stored(), before);
    assert.equal((await readdir(s.shop.at('data/repository/snapshots'))).length, 1);
    await s.run(['tag', '--add', 'kept'], { data: 'none' });
  });
});
