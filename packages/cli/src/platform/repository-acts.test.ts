import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import { describe, it } from 'node:test';
import { Workshop } from '../testing/octobox.ts';

describe("what is done to the platform's own repository at the command line", () => {
  it('is in the audit log when it removes snapshots, whether the repository is named or not', async () => {
    await using shop = await Workshop.open();
    await mkdir(shop.at('www'));
    const done = async (args: readonly string[]) => {
      const { code, stdout, stderr } = await shop.run(args);
      assert.equal(code, 0, `${args.join(' ')}\n${stdout}${stderr}`);
      assert.doesNotMatch(stderr, /audit/);
    };
    await done(['protect', 'www', '--every', '1h']);
    for (const text of ['first', 'second', 'third']) {
      await writeFile(shop.at('www/index.html'), text.repeat(99));
      await done(['backup', 'www']);
    }
    const keep = ['forget', '--keep-last'];
    await done([...keep, '2', '--prune']);
    const named = ['-r', 'data/../data/repository', '--password-file', 'data/repository-password'];
    await done([...keep, '1', '--prune', ...named, '--layer-keys', 'data/layer-keys']);
    using database = new DatabaseSync(shop.at('data/octobox.db'), { readOnly: true });
    const entries = database
      .prepare(
        "select action, subject, after from audit_entries where action in ('forget.asked', 'prune.asked') order by id",
      )
      .all() as { action: string; subject: string; after: string }[];
    assert.deepEqual(
      entries.map(({ action, subject }) => `${action} ${subject}`),
      ['forget.asked', 'prune.asked', 'forget.asked', 'prune.asked'].map(
        (act) => `${act} repository:primary`,
      ),
    );
    const [forgotten, pruned] = entries.map(({ after }) => JSON.parse(after));
    assert.equal(forgotten.snapshots, 1);
    assert.match(forgotten.ids, /^[0-9a-f]{8}$/);
    assert.ok(pruned.removedBytes > 0);
  });

  it('is there when it changes keys, tags and snapshots, and not when it only looks', async () => {
    await using shop = await Workshop.open();
    await mkdir(shop.at('www'));
    await writeFile(shop.at('www/index.html'), 'shop');
    await writeFile(shop.at('new-password'), 'a second way in\n');
    for (const args of [
      ['protect', 'www', '--every', '1h'],
      ['backup', 'www'],
      ['key', 'list'],
      ['key', 'add', '--new-password-file', 'new-password'],
      ['rewrite', '--exclude', 'index.html', '--dry-run'],
      ['rewrite', '--exclude', 'index.html', '--forget'],
      ['tag', '--add', 'kept'],
      ['tag', '--add', 'kept'],
    ]) {
      const { code, stdout, stderr } = await shop.run(args);
      assert.equal(code, 0, `${args.join(' ')}\n${stdout}${stderr}`);
    }
    using database = new DatabaseSync(shop.at('data/octobox.db'), { readOnly: true });
    const entries = database
      .prepare("select action, after from audit_entries where subject like 'repository:%' order by id")
      .all() as { action: string; after: string }[];
    assert.deepEqual(
      entries.map(({ action, after }) => [action, JSON.parse(after)]),
      [
        ['key.asked', { what: 'add' }],
        ['rewrite.asked', { snapshots: 1, forget: 'yes' }],
        ['tag.asked', { snapshots: 1 }],
      ],
    );
  });
});
