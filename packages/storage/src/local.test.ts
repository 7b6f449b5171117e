import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { StorageError } from './errors.ts';
import { LocalStorage } from './local.ts';
import { describeStorage, names, put, randomName } from './testing/contract.ts';

const temporary = () => mkdtemp(join(tmpdir(), 'octobox-storage-'));

describeStorage('local', async () => {
  const root = await temporary();
  return {
    storage: new LocalStorage(join(root, 'repository')),
    cleanup: () => rm(root, { recursive: true, force: true }),
  };
});

describe('a folder on this machine', () => {
  let root: string;
  let storage: LocalStorage;
  beforeEach(async () => {
    root = await temporary();
    storage = new LocalStorage(root);
    await storage.create();
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  it('has the default layout of restic, open to its owner only', async () => {
    assert.deepEqual((await readdir(root)).sort(), ['data', 'index', 'keys', 'locks', 'snapshots']);
    assert.equal((await readdir(join(root, 'data'))).length, 256);
    assert.equal((await stat(join(root, 'keys'))).mode & 0o777, 0o700);
    const name = randomName();
    await put(storage, { kind: 'data', name }, Buffer.from('x'));
    await put(storage, { kind: 'snapshot', name }, Buffer.from('x'));
    await put(storage, { kind: 'config', name: '' }, Buffer.from('x'));
    for (const path of [join('data', name.slice(0, 2), name), join('snapshots', name), 'config']) {
      assert.equal((await stat(join(root, path))).mode & 0o777, 0o400);
    }
  });

  it('makes a folder of data again when somebody removed it', async () => {
    const name = randomName();
    await rm(join(root, 'data', name.slice(0, 2)), { recursive: true });
    await put(storage, { kind: 'data', name }, Buffer.from('x'));
    assert.deepEqual(await names(storage, 'data'), [name]);
  });

  it('lists nothing but files with the name of a hash', async () => {
    await writeFile(join(root, 'snapshots', 'notes.txt'), '');
    await writeFile(join(root, 'data', '00', `${'0'.repeat(64)}-tmp-1`), '');
    await writeFile(join(root, 'data', 'stray'), '');
    assert.deepEqual(await names(storage, 'snapshot'), []);
    assert.deepEqual(await names(storage, 'data'), []);
  });

  it('refuses a name that would leave the folder', async () => {
    await assert.rejects(storage.read({ kind: 'key', name: '../config' }), StorageError);
  });

  it('never makes a missing root anew by writing to it', async () => {
    await rm(root, { recursive: true });
    await assert.rejects(storage.writer('data'), { code: 'storage.missing' });
    await assert.rejects(names(storage, 'snapshot'), { code: 'storage.missing' });
    assert.equal(existsSync(root), false);
  });

  it('removes what a killed writer left, and leaves what a living one holds', async () => {
    const script = `
      import { LocalStorage } from ${JSON.stringify(new URL('./local.ts', import.meta.url).href)};
      const writer = await new LocalStorage(process.argv[1]).writer('data');
      await writer.append(Buffer.alloc(400_000));
      console.log('appended');
      setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script, root], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    const tmp = join(root, 'tmp');
    assert.equal((await readdir(tmp)).length, 1);
    await put(new LocalStorage(root), { kind: 'data', name: randomName() }, Buffer.from('x'));
    assert.equal((await readdir(tmp)).length, 1, 'the writer lives');
    child.kill('SIGKILL');
    await once(child, 'exit');
    assert.equal((await names(storage, 'data')).length, 1);
    await put(new LocalStorage(root), { kind: 'data', name: randomName() }, Buffer.from('x'));
    assert.deepEqual(await readdir(tmp), []);
  });

  it('leaves unfinished files of another host for a day, and foreign files for ever', async () => {
    const writer = await storage.writer('data');
    await writer.abort();
    const tmp = join(root, 'tmp');
    const [fresh, old, foreign] = ['0'.repeat(16), '1'.repeat(16), 'x'].map((owner) =>
      join(tmp, `${owner}-1-${'a'.repeat(16)}`),
    );
    for (const path of [fresh, old, foreign]) await writeFile(path ?? '', '');
    const yesterday = Date.now() / 1000 - 25 * 3600;
    for (const path of [old, foreign]) await utimes(path ?? '', yesterday, yesterday);
    const next = await new LocalStorage(root).writer('data');
    await next.abort();
    assert.deepEqual((await readdir(tmp)).length, 2);
    assert.equal(existsSync(old ?? ''), false);
  });

  it('says that it is not allowed to write', {
    skip: process.getuid?.() === 0 ? 'root may write everywhere' : false,
  }, async () => {
    await chmod(root, 0o500);
    await assert.rejects(storage.writer('data'), { code: 'storage.denied' });
    await chmod(root, 0o700);
  });
});

/** A file system of 1 MiB, or why there is none. */
async function smallDisk(): Promise<{ path: string; remove(): Promise<void> } | string> {
  const path = await temporary();
  const { status, stderr, error } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', path]);
  if (status === 0) {
    return {
      path,
      async remove() {
        spawnSync('umount', [path]);
        await rm(path, { recursive: true, force: true });
      },
    };
  }
  await rm(path, { recursive: true, force: true });
  return `cannot mount a small disk: ${error?.message ?? stderr.toString().trim()}`;
}

describe('a full disk', () => {
  it('is an error that says so and what to do; nothing is left behind, and what was there stays', async (test) => {
    const disk = await smallDisk();
    if (typeof disk === 'string') return test.skip(disk);
    try {
      const storage = new LocalStorage(join(disk.path, 'repository'));
      await storage.create();
      const kept = { kind: 'data', name: randomName() } as const;
      await put(storage, kept, Buffer.alloc(100_000, 'kept'));
      for (const size of [2_000_000, 1_000_000]) {
        await assert.rejects(
          put(storage, { kind: 'data', name: randomName() }, Buffer.alloc(size, 1)),
          (error) => {
            assert.ok(error instanceof StorageError);
            assert.equal(error.code, 'storage.full');
            assert.ok(error.message.includes(storage.location));
            assert.match(error.advice ?? '', /Free space/);
            return true;
          },
        );
      }
      assert.deepEqual(await names(storage, 'data'), [kept.name]);
      assert.deepEqual(Buffer.from(await storage.read(kept)), Buffer.alloc(100_000, 'kept'));
      // The failed writers gave their space back at once.
      await put(storage, { kind: 'data', name: randomName() }, Buffer.alloc(500_000));
    } finally {
      await disk.remove();
    }
  });
});
