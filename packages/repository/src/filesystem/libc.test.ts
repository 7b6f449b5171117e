import assert from 'node:assert/strict';
import {
  chmodSync,
  chownSync,
  closeSync,
  lstatSync,
  mkdtempSync,
  openSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import fc from 'fast-check';
import { kindOf, statPath, statTarget } from './file-stat.ts';
import { type Libc, libc } from './libc.ts';
import { readNode } from './read-node.ts';

const system = libc();
const skip = system === undefined ? 'no C library can be called here' : false;
const isRoot = process.getuid?.() === 0;

function file(t: TestContext, name: string | Buffer = 'file'): { c: Libc; path: Buffer } {
  const base = mkdtempSync(join(tmpdir(), 'octobox-libc-'));
  t.after(() => rmSync(base, { recursive: true, force: true }));
  const path = Buffer.concat([Buffer.from(`${base}/`), Buffer.from(name)]);
  writeFileSync(path, '');
  return { c: system as Libc, path };
}

describe('the C library', { skip }, () => {
  it('keeps extended attributes of any bytes and length', (t) => {
    const { c, path } = file(t, Buffer.from('6e616d6520ff', 'hex'));
    assert.deepEqual(c.listAttributes(path), []);
    const values = {
      'user.a': Buffer.from('00ff', 'hex'),
      'user.b': Buffer.alloc(0),
      'user.c': Buffer.alloc(3000, 7),
    };
    for (const [name, value] of Object.entries(values)) c.setAttribute(path, Buffer.from(name), value);
    assert.deepEqual(c.listAttributes(path).map(String).sort(), Object.keys(values));
    for (const [name, value] of Object.entries(values))
      assert.deepEqual(c.getAttribute(path, Buffer.from(name)), value);
    const open = openSync(path, 'r');
    t.after(() => closeSync(open));
    assert.deepEqual(c.listAttributes(open), c.listAttributes(path));
    for (const [name, value] of Object.entries(values))
      assert.deepEqual(c.getAttribute(open, Buffer.from(name)), value);
    c.removeAttribute(path, Buffer.from('user.a'));
    assert.deepEqual(c.listAttributes(path).map(String).sort(), ['user.b', 'user.c']);
  });

  it('lists more names than fit into its first buffer', (t) => {
    const { c, path } = file(t);
    const names = Array.from({ length: 30 }, (_, i) => `user.${'n'.repeat(60)}${i}`);
    for (const name of names) c.setAttribute(path, Buffer.from(name), Buffer.from('v'));
    assert.deepEqual(c.listAttributes(path).map(String).sort(), names.sort());
  });

  it('sets times to the nanosecond, of links too', (t) => {
    const { c, path } = file(t);
    symlinkSync('nowhere', `${path}.link`);
    const time = fc.bigInt({ min: -2_000_000_000_000_000_000n, max: 9_000_000_000_000_000_000n });
    fc.assert(
      fc.property(time, time, (accessed, modified) => {
        for (const one of [path, Buffer.from(`${path}.link`)]) {
          c.setTimes(one, accessed, modified);
          const stat = statPath(one);
          assert.deepEqual([stat.accessed, stat.modified], [accessed, modified]);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('makes FIFOs, and device nodes for root', (t) => {
    const { c, path } = file(t);
    const [fifo, device] = [Buffer.from(`${path}.fifo`), Buffer.from(`${path}.device`)];
    c.makeNode(fifo, 0o010600, 0n);
    assert.equal(kindOf(statPath(fifo)), 'fifo');
    if (!isRoot) return;
    c.makeNode(device, 0o060600, 0x12345678n);
    const stat = statPath(device);
    assert.deepEqual([kindOf(stat), stat.specialDevice], ['dev', 0x12345678n]);
  });

  it('knows the names of users and groups, and that there is none', () => {
    const c = system as Libc;
    assert.equal(c.userName(process.getuid?.() ?? 0), userInfo().username);
    assert.equal(c.groupName(0), 'root');
    assert.equal(c.userName(3_999_999_999), undefined);
    assert.equal(c.groupName(3_999_999_999), undefined);
  });

  it('fails as Node does', (t) => {
    const { c, path } = file(t);
    assert.throws(() => c.listAttributes(Buffer.from(`${path}.none`)), {
      code: 'ENOENT',
      syscall: 'llistxattr',
    });
    assert.throws(() => c.getAttribute(path, Buffer.from('user.none')), { code: 'ENODATA' });
    assert.throws(
      () => c.setTimes(Buffer.from(`${path}.none`), 0n, 0n),
      /ENOENT: no such file or directory, utimensat/,
    );
  });
});

describe('the node of a path', () => {
  it('has every piece of metadata, and the access time only when asked', { skip: skip || !isRoot }, (t) => {
    const { c, path } = file(t);
    writeFileSync(path, 'twelve bytes');
    chownSync(path, 1, 54321);
    chmodSync(path, 0o4751);
    c.setAttribute(path, Buffer.from('user.x'), Buffer.from('y'));
    c.setTimes(path, 5n, 1_000_000_001n);
    const stat = statPath(path);
    const { node, problems } = readNode(path, Buffer.from('name'), stat);
    assert.deepEqual(problems, []);
    assert.deepEqual(node, {
      name: Buffer.from('name'),
      type: 'file',
      mode: 0x00800000 | 0o751,
      mtime: 1_000_000_001n,
      atime: 1_000_000_001n,
      ctime: stat.changed,
      uid: 1,
      gid: 54321,
      user: 'daemon',
      group: undefined,
      inode: BigInt(lstatSync(path).ino),
      deviceId: BigInt(lstatSync(path).dev),
      size: 12n,
      links: 1n,
      device: 0n,
      extendedAttributes: [{ name: Buffer.from('user.x'), value: Buffer.from('y') }],
    });
    assert.equal(readNode(path, Buffer.from('name'), stat, true).node.atime, 5n);
  });

  it('holds the bytes of a link and follows it only when told', (t) => {
    const { path } = file(t);
    const link = Buffer.from(`${path}.link`);
    symlinkSync(path, link);
    const { node } = readNode(link, Buffer.from('l'), statPath(link));
    assert.deepEqual([node.type, node.size, node.linkTarget], ['symlink', 0n, path]);
    assert.equal(kindOf(statTarget(link)), 'file');
  });
});
