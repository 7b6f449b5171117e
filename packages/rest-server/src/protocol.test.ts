import assert from 'node:assert/strict';
import { open, readdir, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { content, Served } from './testing/served.ts';

const V1 = 'application/vnd.x.restic.rest.v1';
const V2 = 'application/vnd.x.restic.rest.v2';
const FOLDERS = ['data', 'keys', 'locks', 'snapshots', 'index'];

describe("restic's REST protocol", () => {
  let served: Served;
  before(async () => {
    served = await Served.open();
    assert.equal(await served.status('POST', '/web/?create=true'), 200);
  });
  after(() => served[Symbol.asyncDispose]());

  it('makes a repository once, and again without touching it', async () => {
    assert.deepEqual((await readdir(join(served.root, 'web'))).sort(), [...FOLDERS].sort());
    const { bytes, name } = content(10);
    assert.equal(await served.status('POST', `/web/locks/${name}`, { body: bytes }), 200);
    assert.equal(await served.status('POST', '/web/?create=true'), 200);
    assert.equal(await served.status('HEAD', `/web/locks/${name}`), 200);
  });

  it('knows nothing of a repository that nobody made, and does not make it by writing', async () => {
    const { bytes, name } = content(10);
    assert.equal(await served.status('GET', '/other/data/'), 404);
    assert.equal(await served.status('HEAD', '/other/config'), 404);
    assert.equal(await served.status('POST', `/other/data/${name}`, { body: bytes }), 404);
    assert.deepEqual(await readdir(served.root), ['web']);
  });

  for (const folder of FOLDERS) {
    it(`keeps, tells of, gives, lists and deletes a file of ${folder}`, async () => {
      const { bytes, name } = content(70_000);
      const path = `/web/${folder}/${name}`;
      assert.equal(await served.status('HEAD', path), 404);
      assert.equal(await served.status('POST', path, { body: bytes }), 200);
      const head = await served.send('HEAD', path);
      assert.deepEqual([head.status, head.headers['content-length']], [200, '70000']);
      const whole = await served.send('GET', path);
      assert.equal(whole.status, 200);
      assert.ok(whole.body.equals(bytes));
      const v1 = await served.send('GET', `/web/${folder}/`);
      assert.equal(v1.headers['content-type'], V1);
      assert.ok(JSON.parse(v1.body.toString()).includes(name));
      const v2 = await served.send('GET', `/web/${folder}/`, { headers: { accept: V2 } });
      assert.equal(v2.headers['content-type'], V2);
      assert.deepEqual(
        JSON.parse(v2.body.toString()).filter((file: { name: string }) => file.name === name),
        [{ name, size: 70_000 }],
      );
      assert.equal(await served.status('DELETE', path), 200);
      assert.equal(await served.status('DELETE', path), 404);
      assert.equal(await served.status('GET', path), 404);
    });
  }

  it('keeps config, whatever its hash, and never replaces it', async () => {
    assert.equal(await served.status('HEAD', '/web/config'), 404);
    assert.equal(await served.status('POST', '/web/config', { body: Buffer.from('one') }), 200);
    assert.equal(await served.status('POST', '/web/config', { body: Buffer.from('two') }), 409);
    assert.equal((await served.send('GET', '/web/config')).body.toString(), 'one');
  });

  it('refuses bytes that do not have the hash of their name, and keeps nothing of them', async () => {
    const { name } = content(10);
    const answer = await served.send('POST', `/web/data/${name}`, { body: Buffer.from('something else') });
    assert.equal(answer.status, 400);
    assert.match(answer.reason, /hash/);
    assert.equal(await served.status('HEAD', `/web/data/${name}`), 404);
    assert.deepEqual(await readdir(join(served.root, 'web/tmp')), []);
  });

  it('takes the same file again, as a client sends it whose answer was lost', async () => {
    const { bytes, name } = content(1000);
    for (let turn = 0; turn < 2; turn++) {
      assert.equal(await served.status('POST', `/web/data/${name}`, { body: bytes }), 200);
    }
  });

  it('does not say that it stored a file when another of that name is there', async () => {
    const { bytes, name } = content(1000);
    await served.send('POST', `/web/data/${name}`, { body: bytes });
    const path = join(served.root, 'web/data', name.slice(0, 2), name);
    await (await open(path, 'r')).close();
    await truncate(path, 500);
    assert.equal(await served.status('POST', `/web/data/${name}`, { body: bytes }), 409);
  });

  it('keeps files of the outer layers under their names, and does not replace what it cannot verify', async () => {
    const { name } = content(1);
    for (const path of [`/web/data/${name}.bin.age`, `/web/keys/${name}.age`, '/web/config.bin.age']) {
      assert.equal(await served.status('POST', path, { body: Buffer.from('sealed') }), 200, path);
      assert.equal(await served.status('POST', path, { body: Buffer.from('sealed') }), 409, path);
      assert.equal((await served.send('GET', path)).body.toString(), 'sealed');
    }
    assert.ok(
      JSON.parse((await served.send('GET', '/web/data/')).body.toString()).includes(`${name}.bin.age`),
    );
  });

  it('gives exactly the range that is asked for', async () => {
    const { bytes, name } = content(1_500_000);
    await served.send('POST', `/web/data/${name}`, { body: bytes });
    const ranges = [
      ['bytes=0-0', bytes.subarray(0, 1), '0-0'],
      ['bytes=600000-1300000', bytes.subarray(600_000, 1_300_001), '600000-1300000'],
      ['bytes=1499990-', bytes.subarray(1_499_990), '1499990-1499999'],
      ['bytes=-20', bytes.subarray(-20), '1499980-1499999'],
      ['bytes=10-9999999', bytes.subarray(10), '10-1499999'],
    ] as const;
    for (const [range, expected, told] of ranges) {
      const answer = await served.send('GET', `/web/data/${name}`, { headers: { range } });
      assert.equal(answer.status, 206, range);
      assert.equal(answer.headers['content-range'], `bytes ${told}/1500000`);
      assert.ok(answer.body.equals(expected), range);
    }
    for (const range of ['bytes=1500000-', 'bytes=-0']) {
      const answer = await served.send('GET', `/web/data/${name}`, { headers: { range } });
      assert.equal(answer.status, 416, range);
      assert.equal(answer.headers['content-range'], 'bytes */1500000');
    }
    for (const range of ['bytes=5-4', 'bytes=0-1,5-6', 'lines=1-2', 'bytes=-']) {
      assert.equal(await served.status('GET', `/web/data/${name}`, { headers: { range } }), 200, range);
    }
  });

  it('reads behind the first four gigabytes of a file', async () => {
    const { name } = content(1);
    const size = 5 * 1024 ** 3;
    const path = join(served.root, 'web/data', name.slice(0, 2), name);
    await writeFile(path, '');
    await truncate(path, size);
    await using file = await open(path, 'r+');
    await file.write(Buffer.from('the end'), 0, 7, size - 7);
    const head = await served.send('HEAD', `/web/data/${name}`);
    assert.equal(head.headers['content-length'], String(size));
    const answer = await served.send('GET', `/web/data/${name}`, {
      headers: { range: `bytes=${size - 7}-${size - 1}` },
    });
    assert.equal(answer.body.toString(), 'the end');
  });

  it('never leaves its folder, however a path is spelled', async () => {
    const { bytes, name } = content(10);
    const paths = [
      `/../data/${name}`,
      `/web/../../data/${name}`,
      `/web/%2e%2e/data/${name}`,
      `/web%2f..%2f../data/${name}`,
      '/web/data/../config',
      '/web/data/..%2f..%2f..%2fetc%2fpasswd',
      '/web/data/%00',
      `/web/./data/${name}`,
      `//data/${name}`,
      `/web//data/${name}`,
      `/web/data/${name.toUpperCase()}`,
      `/web/data/${name}x`,
      `/web/data/${name}.bin.age.age`,
      `/.htpasswd/data/${name}`,
      `/web/tmp/data/${name}`,
      `/web/trash/data/${name}`,
      `/web\\..\\/data/${name}`,
      '/%zz/config',
      '/a/b/c/d/e/f/g/config',
    ];
    for (const path of paths) {
      for (const method of ['GET', 'HEAD', 'POST', 'DELETE']) {
        const status = await served.status(method, path, method === 'POST' ? { body: bytes } : {});
        assert.ok(status === 400 || status === 404, `${method} ${path}: ${status}`);
      }
    }
    for (const path of [
      '/../?create=true',
      '/web/data/?create=true',
      '/.x/?create=true',
      '/a/tmp/?create=true',
    ]) {
      const status = await served.status('POST', path);
      assert.ok([400, 404, 405].includes(status), `${path}: ${status}`);
    }
    assert.deepEqual(await readdir(served.root), ['web']);
  });

  it('refuses methods that the protocol does not have, and never deletes a whole repository', async () => {
    assert.equal(await served.status('PUT', '/web/config'), 405);
    assert.equal(await served.status('DELETE', '/web/data/'), 405);
    assert.equal(await served.status('POST', '/web/'), 405);
    assert.equal(await served.status('DELETE', '/web/'), 501);
    assert.equal((await stat(join(served.root, 'web/config'))).isFile(), true);
  });

  it('refuses headers and bodies that are too large', async () => {
    const small = await Served.open({ largestFile: 1000 });
    try {
      await small.send('POST', '/r/?create=true');
      const { bytes, name } = content(1001);
      assert.equal(await small.status('POST', `/r/data/${name}`, { body: bytes }), 413);
      const chunked = { body: bytes, headers: { 'transfer-encoding': 'chunked' } };
      assert.equal(await small.status('POST', `/r/data/${name}`, chunked), 413);
      assert.equal(await small.status('GET', '/r/config', { headers: { x: 'y'.repeat(20_000) } }), 431);
      assert.deepEqual(await readdir(join(small.root, 'r/tmp')).catch(() => []), []);
    } finally {
      await small[Symbol.asyncDispose]();
    }
  });
});
