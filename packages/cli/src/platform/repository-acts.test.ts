import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
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
      ['unlock', '--remove-all'],
    ]) {
      const { code, stdout, stderr } = await shop.run(args);
      assert.equal(code, 0, `${args.join(' ')}\n${stdout}${stderr}`);
    }
    await writeFile(shop.at('data/repository/locks', `${'ab'.repeat(32)}.bin.age`), 'a lock');
    for (const args of [['unlock'], ['unlock', '--remove-all']]) assert.equal((await shop.run(args)).code, 0);
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
        ['unlock.asked', { locks: 1 }],
      ],
    );
    await writeFile(shop.at('data/octobox.yaml'), `offsite: { paris: { location: ${shop.at('off')} } }\n`);
    const { code, stderr } = await shop.run(['mirror', '--accept-loss']);
    assert.equal(code, 1);
    assert.match(stderr, /needs a yes[\s\S]*octobox mirror status/);
    assert.doesNotMatch(stderr, /--dry-run/, 'it is refused without -r');
  });

  it('is there when it is mended, or its layers get other keys, and not when nothing is to be done', async () => {
    await using shop = await Workshop.open();
    await mkdir(shop.at('www'));
    await writeFile(shop.at('www/index.html'), randomBytes(60_000));
    const run = async (args: readonly string[], expected = 0) => {
      const { code, stdout, stderr } = await shop.run(args);
      assert.equal(code, expected, `${args.join(' ')}\n${stdout}${stderr}`);
    };
    await run(['protect', 'www', '--every', '1h']);
    await run(['backup', 'www']);
    await run(['repair', 'index']);
    await run(['repair', 'snapshots']);
    const indexes = await readdir(shop.at('data/repository/index'));
    for (const name of indexes) await rm(shop.at(`data/repository/index/${name}`));
    await run(['repair', 'index', '--dry-run']);
    await run(['repair', 'index']);
    const files = await readdir(shop.at('data/repository/data'), { recursive: true });
    const packs = files.filter((name) => /^[0-9a-f]{64}/.test(basename(name))).length;
    const path = await largestFile(shop.at('data/repository/data'));
    const pack = basename(path).slice(0, 64);
    await rm(path);
    await run(['repair', 'packs', pack], 1);
    await run(['repair', 'snapshots', '--forget']);
    const recipient = await readFile(shop.at('data/layer-keys/age-recipients'), 'utf8');
    const [first = ''] = recipient.match(/^age1\S+/m) ?? [];
    await run(['layers', 'recipients', '--add', first]);
    await run(['layers', 'password']);
    using database = new DatabaseSync(shop.at('data/octobox.db'), { readOnly: true });
    const entries = database
      .prepare("select action, after from audit_entries where subject = 'repository:primary' order by id")
      .all() as { action: string; after: string }[];
    assert.deepEqual(
      entries.map(({ action, after }) => [action, JSON.parse(after)]),
      [
        ['repair.asked', { what: 'index', added: packs, leftOut: 0, unreadable: 0 }],
        ['repair.asked', { what: 'packs', packs: 1, ids: pack.slice(0, 8), lost: 1 }],
        ['repair.asked', { what: 'snapshots', snapshots: 1, givenUp: 0, forget: 'yes' }],
        ['layers.asked', { what: 'recipients', add: first }],
        ['layers.asked', { what: 'password' }],
      ],
    );
  });
});

/** The pack with the contents; folders take less. */
async function largestFile(folder: string): Promise<string> {
  let largest = { path: '', size: 0 };
  for (const name of await readdir(folder, { recursive: true })) {
    const path = join(folder, name);
    const found = await stat(path);
    if (found.isFile() && found.size > largest.size) largest = { path, size: found.size };
  }
  return largest.path;
}
