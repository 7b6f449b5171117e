import assert from 'node:assert/strict';
import { chmod, link, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { noise, restic } from '@octobox/repository/testing';
import { jsonLines, Workshop } from '../testing/octobox.ts';

describe('find, diff, stats, list and cat say what restic says', () => {
  let shop: Workshop;
  let [earlier, later] = ['', ''];
  const peer = (args: string[]) => restic(args, { repository: shop.repository });
  const same = async (args: string[], how: (stdout: string) => unknown = (stdout) => stdout) => {
    const ours = await shop.onRepository(args);
    assert.equal(ours.code, 0, ours.stderr);
    assert.deepEqual(how(ours.stdout), how((await peer(args)).stdout), args.join(' '));
    return ours.stdout;
  };
  /** restic before 0.17 leaves inode numbers out and does not sort snapshots. */
  const found = (stdout: string): unknown =>
    (
      JSON.parse(stdout, (key, value) => (key === 'inode' ? undefined : value)) as {
        snapshot: string;
        path?: string;
      }[]
    ).sort((a, b) => (`${a.snapshot} ${a.path}` < `${b.snapshot} ${b.path}` ? -1 : 1));
  /** restic 0.19 shows the bits of r that Poly1305 does not use. */
  const clamped = (stdout: string): unknown => {
    const key = JSON.parse(stdout);
    const r = Buffer.from(key.mac.r, 'base64');
    key.mac.r = r
      .map((byte, at) => byte & (at % 4 === 3 ? 0x0f : at > 0 && at % 4 === 0 ? 0xfc : 0xff))
      .join();
    return key;
  };
  const sorted = (stdout: string): string[] => stdout.trim().split('\n').sort();

  before(async () => {
    shop = await Workshop.withRepository();
    const at = (name: string): string => shop.at('tree', name);
    await mkdir(at('sub/deep'), { recursive: true });
    await writeFile(at('a.txt'), 'hello\n');
    await writeFile(at('sub/B.TXT'), 'world\n');
    await writeFile(at('sub/deep/big.bin'), noise('big', 2_500_000));
    await writeFile(at('sub/deep/zeros'), Buffer.alloc(2_000_000));
    await link(at('a.txt'), at('sub/hard'));
    await symlink('a.txt', at('link'));
    await peer(['backup', '-q', shop.at('tree')]);
    await writeFile(at('a.txt'), 'hello again\n');
    await rm(at('sub/B.TXT'));
    await mkdir(at('new'));
    await writeFile(at('new/n.txt'), 'n');
    await chmod(at('sub/deep/zeros'), 0o600);
    await peer(['backup', '-q', shop.at('tree')]);
    const all = JSON.parse((await peer(['snapshots', '--json'])).stdout) as { id: string; time: string }[];
    [earlier, later] = all.sort((a, b) => (a.time < b.time ? -1 : 1)).map(({ id }) => id) as [string, string];
  });
  after(() => shop[Symbol.asyncDispose]());

  it('compares snapshots: the same changes and the same statistics', async () => {
    const text = await same(['diff', '--json', '--metadata', earlier, later], jsonLines);
    assert.ok(text.includes(`"path":"${shop.at('tree/sub/B.TXT')}","modifier":"-"`), text);
    const ours = await shop.onRepository([
      'diff',
      `${earlier}:${shop.at('tree')}`,
      `latest:${shop.at('tree')}`,
    ]);
    assert.match(ours.stdout, /^M {4}\/a\.txt$/m);
    assert.match(ours.stdout, /^\+ {4}\/new\/$/m);
    assert.match(ours.stdout, /Files: +1 new, +1 removed, +2 changed/);
  });

  it('finds the same entries, by name, time and case', async () => {
    await same(['find', '--json', '*.txt'], found);
    await same(['find', '--json', '-i', '*.txt', '--oldest', '2020-01-01'], found);
    assert.equal(
      await same(['find', '--json', '*.txt', '--newest', '2001-01-01 10:00:00'], JSON.parse),
      '[]\n',
    );
    await same(['find', '-q', '-l', 'deep', '-s', later]);
  });

  it('finds the same uses of blobs and trees, and of the packs that hold them', async () => {
    const blobs = (await same(['list', 'blobs'], sorted)).trim().split('\n');
    const id = (type: string): string => blobs.find((line) => line.startsWith(type))?.slice(5) ?? '';
    await same(['find', '--json', '--blob', id('data').slice(0, 8)], found);
    // restic 0.14 does not look at the root of a snapshot.
    const above = await shop.onRepository(['cat', 'tree', `latest:${shop.at('tree')}`]);
    const { nodes } = JSON.parse(above.stdout) as { nodes: { subtree?: string }[] };
    const subtree = nodes.find((node) => node.subtree !== undefined)?.subtree ?? '';
    assert.notEqual(await same(['find', '--json', '--tree', subtree], found), '[]\n');
    const pack = (await same(['list', 'packs'], sorted)).split('\n')[0] ?? '';
    const { stdout } = await shop.onRepository(['find', '--json', '--show-pack-id', '--pack', pack]);
    const uses = JSON.parse(stdout) as { id: string; pack: string }[];
    assert.ok(uses.length > 0 && uses.every((one) => one.pack === pack), stdout);
    const unknown = await shop.onRepository(['find', '--pack', 'f'.repeat(64)]);
    assert.equal(unknown.code, 1);
    assert.match(unknown.stderr, /no index names the pack ffff/);
  });

  it('counts the same in every mode', async () => {
    const counted = (text: string): object => {
      const { total_size, total_file_count, total_blob_count, snapshots_count } = JSON.parse(text);
      return [total_size, total_file_count || 0, total_blob_count || 0, snapshots_count];
    };
    for (const mode of ['restore-size', 'files-by-contents', 'blobs-per-file', 'raw-data']) {
      await same(['stats', '--json', '--mode', mode], counted);
    }
    const raw = JSON.parse(
      (await shop.onRepository(['stats', '--json', '--mode', 'raw-data', later])).stdout,
    );
    assert.ok(raw.compression_ratio > 1 && raw.compression_progress > 0, JSON.stringify(raw));
    assert.ok(raw.total_uncompressed_size > raw.total_size);
    assert.equal((await shop.onRepository(['stats', '--mode', 'guess'])).code, 1);
  });

  it('shows the same objects', async () => {
    await same(['cat', 'config']);
    await same(['cat', 'masterkey'], clamped);
    await same(['cat', 'snapshot', later], JSON.parse);
    await same(
      ['cat', 'index', (await same(['list', 'index'], sorted)).trim().split('\n')[0] ?? ''],
      JSON.parse,
    );
    await same(['cat', 'key', (await same(['list', 'keys'])).trim()]);
    const tree = await shop.onRepository(['cat', 'tree', `latest:${shop.at('tree/new')}`]);
    assert.equal(JSON.parse(tree.stdout).nodes[0].name, 'n.txt');
    assert.match((await shop.onRepository(['cat', 'index', 'zz'])).stderr, /no index file zz/);
  });

  it('sorts lists, and exports them for ncdu', async () => {
    const bySize = (await shop.onRepository(['ls', '-q', 'latest', '--sort', 'size', '--reverse'])).stdout;
    assert.equal(bySize.split('\n')[0], shop.at('tree/sub/deep/big.bin'));
    const exported = await shop.onRepository(['ls', '--ncdu', `latest:${shop.at('tree')}`]);
    const [major, minor, , root] = JSON.parse(exported.stdout);
    assert.deepEqual([major, minor], [1, 2]);
    const sub = root.find((entry: unknown) => Array.isArray(entry) && entry[0].name === 'sub');
    const big = sub.flat(3).find(({ name }: { name: string }) => name === 'big.bin');
    assert.deepEqual([big.asize, big.dsize], [2_500_000, 2_500_096]);
    assert.equal((await shop.onRepository(['ls', '--ncdu', '--json', 'latest'])).code, 1);
  });
});
