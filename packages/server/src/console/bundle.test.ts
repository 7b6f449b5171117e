import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import { readBundle } from './bundle.ts';

describe('the bundle of the console', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'octobox-bundle-'));
    await mkdir(join(folder, 'dist', 'assets', 'inner.js'), { recursive: true });
    await writeFile(join(folder, 'secret.js'), 'secret');
    await writeFile(join(folder, 'dist', 'index.html'), '<meta name="style-nonce" content="{{nonce}}">');
    await writeFile(join(folder, 'dist', 'assets', 'a-1.js'), 'one');
    await writeFile(join(folder, 'dist', 'assets', 'a-1.js.gz'), gzipSync('one'));
    await writeFile(join(folder, 'dist', 'assets', 'notes.txt'), 'not for the web');
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it('is none where nothing was built', async () => {
    assert.equal(await readBundle(join(folder, 'nowhere')), undefined);
    assert.equal(await readBundle(folder), undefined);
  });

  it('gives what lies there, compressed for whoever takes it, and nothing beside it', async () => {
    const bundle = await readBundle(join(folder, 'dist'));
    assert.ok(bundle);
    assert.match(bundle.shell('abc'), /content="abc"/);
    const encodings: unknown[] = [];
    for (const accepted of ['gzip, br', 'br', 'GZIP;q=0.5', 'gzip;q=0', '']) {
      const asset = bundle.asset('a-1.js', accepted);
      assert.equal(asset?.type, 'text/javascript; charset=utf-8');
      encodings.push(asset.encoding);
    }
    assert.deepEqual(encodings, ['gzip', undefined, 'gzip', undefined, undefined]);
    assert.deepEqual(gunzipSync(bundle.asset('a-1.js', 'gzip')?.body ?? ''), Buffer.from('one'));
    for (const name of ['../secret.js', '../../secret.js', 'notes.txt', 'a-2.js', 'a-1.js.gz', '', '.'])
      assert.equal(bundle.asset(name, 'gzip'), undefined, name);
  });

  it('stays what it was when another one is built in its place', async () => {
    const dist = join(folder, 'dist');
    const bundle = await readBundle(dist);
    await rm(dist, { recursive: true });
    await mkdir(join(dist, 'assets'), { recursive: true });
    await writeFile(join(dist, 'index.html'), 'of a later one');
    await writeFile(join(dist, 'assets', 'a-2.js'), 'two');
    assert.match(bundle?.shell('abc') ?? '', /content="abc"/);
    assert.deepEqual(Buffer.from(bundle?.asset('a-1.js', '')?.body ?? ''), Buffer.from('one'));
    assert.equal(bundle?.asset('a-2.js', ''), undefined);
  });
});
