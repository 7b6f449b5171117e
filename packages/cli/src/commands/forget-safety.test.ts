/** Forgetting that looks like a mistake or an attack is refused unless it is said twice. */
import assert from 'node:assert/strict';
import { cp, mkdir, readdir, writeFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { restic, TEST_PASSWORD } from '@octobox/repository/testing';
import { startRestServer } from '@octobox/storage/testing';
import { jsonLines, Workshop } from '../testing/octobox.ts';

describe('forget', () => {
  let shop: Workshop;
  before(async () => {
    shop = await Workshop.withRepository();
    await mkdir(shop.at('src'));
    await writeFile(shop.at('src/file'), 'content\n');
    const first = await shop.onRepository(['backup', 'src', '--time', '2020-01-01 12:00:00']);
    assert.equal(first.code, 0, first.stderr);
  });
  after(() => shop[Symbol.asyncDispose]());

  const count = async (): Promise<number> => (await readdir(shop.at('repository/snapshots'))).length;

  it('removes all only without any rule and of what a filter selects, as restic does', async () => {
    const all = ['forget', '--unsafe-allow-remove-all', '--dry-run'];
    const unfiltered = await shop.call(all);
    assert.equal(unfiltered.code, 1);
    assert.match(unfiltered.stderr, /without a filter would remove every snapshot/);
    const mistyped = await shop.call([...all, '--path', shop.at('src'), '--keep-tag', 'mistyped']);
    assert.equal(mistyped.code, 1);
    assert.match(mistyped.stderr, /would remove every snapshot of/);
    const filtered = await shop.call([...all, '--path', shop.at('src')]);
    assert.equal(filtered.code, 0, filtered.stderr);
    assert.match(filtered.stdout, /would remove 1 snapshot/);
  });

  it('lets the last verified snapshot stay, which restore --verify proved, and refuses to remove it by name', async () => {
    const restored = await shop.onRepository(['restore', 'latest', '--target', shop.at('back'), '--verify']);
    assert.equal(restored.code, 0, restored.stderr);
    const [proved = ''] = await readdir(shop.at('repository/snapshots'));
    await writeFile(shop.at('src/file'), 'changed\n');
    await shop.onRepository(['backup', 'src']);
    const kept = await shop.onRepository(['forget', '--keep-last', '1']);
    assert.equal(kept.code, 0, kept.stderr);
    assert.match(kept.stdout, /last verified/);
    assert.equal(await count(), 2);
    const named = await shop.onRepository(['forget', proved]);
    assert.equal(named.code, 1);
    assert.match(named.stderr, /ever proved to be restorable/);
    assert.equal(await count(), 2);
  });

  it('takes a clean check --read-data for a proof of every snapshot', async () => {
    assert.equal((await shop.onRepository(['check', '--read-data'])).code, 0);
    const forgotten = await shop.onRepository(['forget', '--keep-last', '1']);
    assert.equal(forgotten.code, 0, forgotten.stderr);
    assert.equal(await count(), 1);
  });

  it('says in a dry run and as JSON that more than half of a history would go, and goes on when told twice', async () => {
    const input = 'x';
    for (let number = 0; number < 20; number++) {
      const args = [
        'backup',
        '--stdin',
        '--host',
        'other',
        '--time',
        `2024-01-${String(number + 1).padStart(2, '0')} 08:00:00`,
      ];
      await restic(args, { repository: shop.repository, password: TEST_PASSWORD, input });
    }
    const dry = await shop.onRepository(['forget', '--keep-last', '3', '--dry-run']);
    assert.equal(dry.code, 0, dry.stderr);
    assert.match(dry.stdout, /warning: 17 of 20 snapshots of host other/);
    assert.match(dry.stdout, /--unsafe-despite-concerns --confirm-remove 17/);
    const json = await shop.onRepository(['forget', '--keep-last', '3', '--json']);
    assert.equal(json.code, 1);
    const groups = JSON.parse(json.stdout) as { host: string; concerns?: { code: string }[] }[];
    assert.deepEqual(
      groups.find(({ host }) => host === 'other')?.concerns?.map(({ code }) => code),
      ['large-share'],
    );
    assert.equal(groups.filter(({ concerns }) => concerns !== undefined).length, 1);
    assert.equal(jsonLines(json.stderr).at(-1)?.error_code, 'cli.refused');
    const once = await shop.onRepository(['forget', '--keep-last', '3', '--unsafe-despite-concerns']);
    assert.equal(once.code, 1);
    const wrong = ['--unsafe-despite-concerns', '--confirm-remove', '16'];
    assert.match(
      (await shop.onRepository(['forget', '--keep-last', '3', ...wrong])).stderr,
      /says 16, but 17/,
    );
    assert.equal(await count(), 21);
    const twice = ['--unsafe-despite-concerns', '--confirm-remove', '17'];
    const done = await shop.onRepository(['forget', '--keep-last', '3', ...twice]);
    assert.equal(done.code, 0, done.stderr);
    assert.equal(await count(), 4);
    await restic(['check', '--read-data'], { repository: shop.repository, password: TEST_PASSWORD });
  });
});

it('what an append-only server does not let go of is told as it is', async () => {
  await using shop = await Workshop.withRepository();
  const server = await startRestServer({ appendOnly: true });
  try {
    await cp(shop.repository, server.folder, { recursive: true });
    const there = ['-r', `rest:${server.url}`];
    assert.equal((await shop.call([...there, 'backup', shop.repository])).code, 0);
    const [snapshot = ''] = await readdir(`${server.folder}/snapshots`);
    const { code, stderr } = await shop.call([...there, 'forget', snapshot, '--unsafe-despite-concerns']);
    assert.equal(code, 3, stderr);
    assert.match(stderr, /1 snapshot could not be removed[\s\S]*None is gone/);
    assert.deepEqual(await readdir(`${server.folder}/snapshots`), [snapshot]);
  } finally {
    await server.stop();
  }
});
