/**
 * The verbs that change a repository, beside real restic. Most run within this process; as processes of their own run
 * those that depend on it.
 */
import assert from 'node:assert/strict';
import { chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { restic, TEST_PASSWORD } from '@octobox/repository/testing';
import { jsonLines, type Outcome, Workshop } from '../testing/octobox.ts';

const ids = (outcome: Outcome): string[] =>
  (JSON.parse(outcome.stdout) as { id: string }[]).map(({ id }) => id);

describe('verbs that change a repository', () => {
  let shop: Workshop;
  before(async () => {
    shop = await Workshop.withRepository();
    await mkdir(shop.at('src'));
    await writeFile(shop.at('src/file'), 'content\n');
    await writeFile(shop.at('src/secret.key'), 'secret\n');
    await writeFile(shop.at('wrong-password'), 'wrong\n');
    for (const tag of ['a', 'b']) await shop.call(['backup', shop.at('src'), '--tag', tag]);
  });
  after(() => shop[Symbol.asyncDispose]());

  const peer = (args: readonly string[], password = TEST_PASSWORD) =>
    restic(args, { repository: shop.repository, password, accept: [0, 1, 12] });
  const list = async (...args: string[]): Promise<string[]> =>
    ids(await shop.call(['snapshots', '--json', ...args]));

  it('copy: between passwords, once, with --from-password-file and the chunker of the source', async () => {
    await writeFile(shop.at('old-password'), TEST_PASSWORD);
    const env = {
      RESTIC_REPOSITORY: shop.at('second'),
      RESTIC_PASSWORD: 'second',
      RESTIC_FROM_REPOSITORY: shop.repository,
    };
    const from = ['--from-password-file', shop.at('old-password')];
    const made = await shop.call(['init', '--from-repo', shop.repository, ...from, '--copy-chunker-params'], {
      env,
    });
    assert.equal(made.code, 0, made.stderr);
    const dry = await shop.call(['copy', ...from, '--dry-run'], { env });
    assert.match(dry.stdout, /would copy 2 snapshots/);
    const copied = await shop.run(['copy', ...from, '--json'], { env });
    assert.equal(copied.code, 0, copied.stderr);
    assert.equal(jsonLines(copied.stdout).at(-1)?.snapshots_copied, 2);
    assert.match(
      (await shop.call(['copy', ...from], { env })).stdout,
      /2 snapshots copied before\nnothing to copy/,
    );
    const second = { repository: shop.at('second'), password: 'second' };
    await restic(['check', '--read-data'], second);
    const config = async (repository: string, password: string): Promise<string> =>
      JSON.parse((await restic(['cat', 'config'], { repository, password })).stdout).chunker_polynomial;
    assert.equal(await config(shop.at('second'), 'second'), await config(shop.repository, TEST_PASSWORD));
    const wrong = await shop.call(['copy', '--from-password-file', shop.at('wrong-password')], { env });
    assert.equal(wrong.code, 12, wrong.stderr);
    const self = await shop.call(['copy', '--from-repo', shop.repository, ...from]);
    assert.match(self.stderr, /the same one/);
  });

  it('copy: what is said of the layers of one repository does not hold for the other', async () => {
    const env = { RESTIC_REPOSITORY: shop.at('layered'), RESTIC_FROM_PASSWORD: TEST_PASSWORD };
    const call = async (...args: string[]): Promise<void> => {
      const { code, stderr } = await shop.call(args, { env });
      assert.equal(code, 0, `${args.join(' ')}: ${stderr}`);
    };
    const into = ['--layers', 'all', '--layer-keys', shop.at('layer-keys')];
    await call('init', '--from-repo', shop.repository, '--copy-chunker-params', ...into);
    await call('copy', '--from-repo', shop.repository, ...into);
    await call('check', ...into);
    const back = ['--from-repo', shop.at('layered'), '--from-layer-keys', shop.at('layer-keys'), '--dry-run'];
    await call('copy', '-r', shop.repository, ...back);
  });

  it('tag: changes what passes the filter, and says how many', async () => {
    const changed = await shop.call(['tag', '--tag', 'a', '--add', 'x,y', '--json']);
    const [one, summary] = jsonLines(changed.stdout);
    assert.equal(one?.message_type, 'changed');
    assert.equal(summary?.changed_snapshots, 1);
    assert.deepEqual(await list('--tag', 'x,y'), [one?.new_snapshot_id]);
    assert.match((await shop.call(['tag', '--set', 'a', '--add', 'b'])).stderr, /together/);
    assert.match((await shop.call(['tag'])).stderr, /nothing is said to change/);
  });

  it('rewrite: takes a file out of every snapshot, and prune then frees it', async () => {
    const dry = await shop.call(['rewrite', '--exclude', '*.key', '--forget', '--dry-run']);
    assert.match(dry.stdout, /would modify 2 snapshots/);
    const done = await shop.call(['rewrite', '--exclude', '*.key', '--forget']);
    assert.equal(done.code, 0, done.stderr);
    for (const id of await list()) assert.doesNotMatch((await shop.call(['ls', id])).stdout, /secret/);
    await peer(['check', '--read-data']);
    const host = await shop.call(['rewrite', '--new-host', 'elsewhere', '--forget', 'latest', '--json']);
    assert.equal(jsonLines(host.stdout)[0]?.changed_snapshots, 1);
    assert.equal((await list('--host', 'elsewhere')).length, 1);
    assert.match((await shop.call(['rewrite'])).stderr, /nothing is said to change/);
  });

  it('repair and key refuse options that mean nothing to their action', async () => {
    const wrong: [string, string][] = [
      ['repair index --host web', '--host'],
      ['repair index --forget', '--forget'],
      ['repair packs --tag a', '--tag'],
      ['repair packs --path /src', '--path'],
      ['repair snapshots --read-all-packs', '--read-all-packs'],
      ['key list --user anna', '--user'],
      ['key remove abc --host web', '--host'],
      ['key list --new-insecure-no-password', '--new-insecure-no-password'],
      ['key remove abc --new-password-file none', '--new-password-file'],
    ];
    for (const [line, option] of wrong) {
      const refused = await shop.call(line.split(' '));
      assert.equal(refused.code, 1, line);
      assert.ok(refused.stderr.includes(`does not take ${option}`), `${line}: ${refused.stderr}`);
    }
  });

  it('repair: a lost index, then a damaged pack, then what lost its content', async () => {
    for (const name of await readdir(shop.at('repository/index')))
      await rm(shop.at('repository/index', name));
    const dry = await shop.call(['repair', 'index', '--dry-run']);
    assert.match(dry.stdout, /add: pack/);
    assert.equal((await shop.call(['repair', 'index'])).code, 0);
    assert.equal((await peer(['check', '--read-data'])).code, 0);

    const blob = JSON.parse((await shop.call(['ls', 'latest', '--json'])).stdout.split('\n')[0] ?? '{}');
    assert.ok(blob.tree);
    const packs = (
      await readdir(shop.at('repository/data'), { recursive: true, withFileTypes: true })
    ).filter((one) => one.isFile());
    const damaged: string[] = [];
    for (const { parentPath, name } of packs) {
      const path = `${parentPath}/${name}`;
      const bytes = await readFile(path);
      bytes[20] = (bytes[20] ?? 0) ^ 1;
      await chmod(path, 0o600);
      await writeFile(path, bytes);
      damaged.push(name);
    }
    const mended = await shop.onRepository(['repair', 'packs', ...damaged]);
    assert.equal(mended.code, 1);
    assert.match(mended.stderr, /blobs? (is|are) lost/);
    for (const name of damaged) assert.ok((await readFile(shop.at(`pack-${name}`))).length > 0);
    const last = await shop.call(['repair', 'snapshots', '--forget']);
    assert.equal(last.code, 0, last.stderr);
    assert.equal((await peer(['check', '--read-data'])).code, 0, 'restic finds it whole');
  });

  it('repair snapshots: a snapshot file that cannot be read is given up only by its name', async () => {
    await shop.call(['backup', shop.at('src')]);
    const [id = ''] = await readdir(shop.at('repository/snapshots'));
    const path = shop.at('repository/snapshots', id);
    await chmod(path, 0o600);
    await writeFile(path, 'no snapshot');
    const told = await shop.call(['repair', 'snapshots', '--forget']);
    assert.equal(told.code, 1);
    assert.match(told.stderr, /repair snapshots --forget <id>/);
    assert.equal((await shop.call(['repair', 'snapshots', '--forget', id.slice(0, 12)])).code, 0);
    assert.ok(!(await readdir(shop.at('repository/snapshots'))).includes(id));
    assert.equal((await shop.call(['snapshots'])).code, 0);
  });
});

describe('the passwords of a repository', () => {
  let shop: Workshop;
  before(async () => {
    shop = await Workshop.withRepository();
    await writeFile(shop.at('new-password'), 'changed\n');
  });
  after(() => shop[Symbol.asyncDispose]());

  const peer = (args: readonly string[], password = TEST_PASSWORD) =>
    restic(args, { repository: shop.repository, password, accept: [0, 1, 12] });

  it('key: adds a password that restic opens, removes it, and never the one in use', async () => {
    const added = await shop.call([
      'key',
      'add',
      '--new-password-file',
      shop.at('new-password'),
      '--user',
      'anna',
      '--host',
      'desk',
      '--json',
    ]);
    assert.equal(added.code, 0, added.stderr);
    const id = String(jsonLines(added.stdout)[0]?.id);
    assert.equal((await peer(['snapshots'], 'changed')).code, 0);
    const theirs = JSON.parse((await peer(['key', 'list', '--json'])).stdout);
    const ours = JSON.parse((await shop.call(['key', 'list', '--json'])).stdout);
    const sorted = (keys: { id: string }[]): { id: string }[] => keys.sort((a, b) => (a.id < b.id ? -1 : 1));
    // Debian's restic tells the beginning of an id only.
    const short = (list: { id: string }[]) => sorted(list).map((key) => ({ ...key, id: key.id.slice(0, 8) }));
    assert.deepEqual(short(ours), short(theirs));
    assert.equal(ours.find((key: { id: string }) => key.id === id).userName, 'anna');

    const current = ours.find((key: { current: boolean }) => key.current).id;
    const refused = await shop.call(['key', 'remove', current]);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /is the one that opened/);
    const removed = await shop.call(['key', 'remove', id.slice(0, 10)]);
    assert.equal(removed.code, 0, removed.stderr);
    assert.notEqual((await peer(['snapshots'], 'changed')).code, 0);
  });

  it('key passwd: the old password opens nothing any more', async () => {
    const there = await shop.call(['key', 'passwd', '--new-password-file', shop.at('new-password')]);
    assert.equal(there.code, 0, there.stderr);
    assert.equal((await shop.call(['snapshots'])).code, 12);
    assert.equal((await peer(['snapshots'], 'changed')).code, 0);
    assert.equal((await readdir(shop.at('repository/keys'))).length, 1);
    const none = await shop.call(['key', 'add'], { env: { RESTIC_PASSWORD: 'changed' } });
    assert.match(none.stderr, /--new-password-file/);
  });
});
