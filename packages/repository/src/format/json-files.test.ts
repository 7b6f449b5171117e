/** The small JSON files: config, keys, snapshots, locks, and the envelope around the last two. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { FormatError, RepositoryError, UnauthenticatedError, UnsupportedVersionError } from '../errors.ts';
import { decodeConfig, encodeConfig } from './config-file.ts';
import { parseInstant } from './go/instant.ts';
import { decodeKeyFile, encodeKeyFile, lockMasterKey, unlockMasterKey } from './key-file.ts';
import { decodeLock, encodeLock } from './lock-file.ts';
import { generateMasterKey } from './sealing/crypto.ts';
import { decodeSnapshot, encodeSnapshot, type SnapshotContent } from './snapshot-file.ts';
import { unwrapUnpacked, wrapUnpacked } from './unpacked.ts';
import { compress } from './zstd/compression.ts';

const kdf = { N: 128, r: 1, p: 1 };
const owner = { username: 'me', hostname: 'here', created: '2026-01-01T00:00:00Z' };
const hexId = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes) => Buffer.from(bytes).toString('hex'));

/** Runs `read` on every document that differs from a good one by one field; nothing but our errors may come out. */
function spoil(good: Buffer, read: (bytes: Buffer) => unknown): void {
  const object = JSON.parse(good.toString());
  const values = [undefined, null, 0, -1, 1.5, 1e300, '', 'x', [], [1], {}, true];
  for (const field of Object.keys(object)) {
    for (const value of values) {
      try {
        read(Buffer.from(JSON.stringify({ ...object, [field]: value })));
      } catch (error) {
        assert.ok(error instanceof RepositoryError, `${field}: ${JSON.stringify(value)} gave ${error}`);
      }
    }
  }
  for (const text of ['', '{', 'null', '[]', '"x"', '7', '{"a":', good.toString().slice(0, -1)]) {
    assert.throws(() => read(Buffer.from(text)), FormatError);
  }
}

describe('the config file', () => {
  const config = { version: 2, id: 'ab'.repeat(32), polynomial: 0x3da3358b4dc173n } as const;

  it('has the fields of restic in their order', () => {
    const json = `{"version":2,"id":"${config.id}","chunker_polynomial":"3da3358b4dc173"}`;
    assert.equal(encodeConfig(config).toString(), json);
    assert.deepEqual(decodeConfig(Buffer.from(json)), config);
  });

  it('is refused for an unknown version or a polynomial that can be divided', () => {
    const json = (version: number, polynomial: string) =>
      Buffer.from(JSON.stringify({ version, id: config.id, chunker_polynomial: polynomial }));
    assert.throws(() => decodeConfig(json(3, '3da3358b4dc173')), UnsupportedVersionError);
    assert.throws(() => decodeConfig(json(0, '3da3358b4dc173')), UnsupportedVersionError);
    for (const polynomial of ['3da3358b4dc172', '0', '', 'xyz', '-3', `1${'0'.repeat(16)}`]) {
      assert.throws(() => decodeConfig(json(2, polynomial)), FormatError);
    }
    spoil(encodeConfig(config), decodeConfig);
  });
});

describe('a key file', () => {
  it('opens with its password, whatever it is, and with no other', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), async (password) => {
        const key = generateMasterKey();
        const file = decodeKeyFile(encodeKeyFile(await lockMasterKey(key, password, owner, kdf)));
        const opened = await unlockMasterKey(file, password);
        assert.deepEqual(Buffer.from(opened.encrypt), Buffer.from(key.encrypt));
        assert.deepEqual(Buffer.from(opened.macK), Buffer.from(key.macK));
        assert.deepEqual(Buffer.from(opened.macR), Buffer.from(key.macR));
        await assert.rejects(unlockMasterKey(file, `${password}x`), UnauthenticatedError);
      }),
      { numRuns: 20 },
    );
  });

  it('of restic opens: the example of its design document', async () => {
    // restic doc/design.rst, "Keys, Encryption and MAC"; its password is not told, so only its form is read.
    const file = decodeKeyFile(
      Buffer.from(
        JSON.stringify({
          hostname: 'kasimir',
          username: 'fd0',
          kdf: 'scrypt',
          N: 65536,
          r: 8,
          p: 1,
          created: '2015-01-02T18:10:13.48307196+01:00',
          data: 'tGwYeKoM0C4j4/9DFrVEmMGAldvEn/+iKC3te/QE/6ox/V4qz58FUOgMa0Bb1cIJ6asrypCx/Ti/pRXCPHLDkIJbNYd2ybC+fLhFIJVLCvkMS+trdywsUkglUbTbi+7+Ldsul5jpAj9vTZ25ajDc+4FKtWEcCWL5ICAOoTAxnPgT+Lh8ByGQBH6KbdWabqamLzTRWxePFoYuxa7yXgmj9A==',
          salt: 'uW4fEI1+IOzj7ED9mVor+yTSJFd68DGlGOeLgJELYsTU5ikhG/83/+jGd4KKAaQdSrsfzrdOhAMftTSih5Ux6w==',
        }),
      ),
    );
    assert.deepEqual(
      [file.hostname, file.username, file.kdf.N, file.salt.length],
      ['kasimir', 'fd0', 65536, 64],
    );
  });

  it('has the fields of restic in their order', async () => {
    const json = JSON.parse(
      encodeKeyFile(await lockMasterKey(generateMasterKey(), 'x', owner, kdf)).toString(),
    );
    assert.deepEqual(Object.keys(json), [
      'created',
      'username',
      'hostname',
      'kdf',
      'N',
      'r',
      'p',
      'salt',
      'data',
    ]);
  });

  it('that asks for too much, or has another salt, is refused before any work', async () => {
    const good = encodeKeyFile(await lockMasterKey(generateMasterKey(), 'x', owner, kdf));
    const object = JSON.parse(good.toString());
    const bad = [
      { N: 100 },
      { N: 0 },
      { N: 1 },
      { N: 2 ** 40 },
      { N: 2 ** 20, r: 2 ** 20 },
      { r: 0 },
      { p: 0 },
      { p: 2 ** 29 },
      { kdf: 'argon2id' },
      { salt: Buffer.alloc(63).toString('base64') },
      { salt: '!' },
    ];
    for (const change of bad) {
      assert.throws(() => decodeKeyFile(Buffer.from(JSON.stringify({ ...object, ...change }))), FormatError);
    }
    spoil(good, decodeKeyFile);
  });
});

describe('a snapshot file', () => {
  const content: fc.Arbitrary<SnapshotContent> = fc
    .record(
      {
        time: fc.constantFrom('2026-01-02T03:04:05Z', '2026-01-02T03:04:05.000000001+05:30'),
        tree: hexId,
        paths: fc.array(fc.string({ unit: 'grapheme' })),
        hostname: fc.string({ unit: 'grapheme' }),
        username: fc.string(),
        uid: fc.nat(2 ** 31),
        gid: fc.nat(2 ** 31),
        tags: fc.array(fc.string()),
        excludes: fc.array(fc.string()),
        parent: hexId,
        original: hexId,
        programVersion: fc.string(),
      },
      { requiredKeys: ['time', 'tree', 'paths', 'hostname', 'username', 'uid', 'gid', 'tags', 'excludes'] },
    )
    .map((snapshot) => ({ ...snapshot }));

  it('gives everything back', () => {
    fc.assert(
      fc.property(content, (snapshot) =>
        assert.deepEqual(decodeSnapshot(encodeSnapshot(snapshot)), snapshot),
      ),
    );
  });

  it('has the fields of restic in their order, and leaves empty ones out', () => {
    const counts = {
      filesNew: 1,
      filesChanged: 2,
      filesUnmodified: 3,
      dirsNew: 4,
      dirsChanged: 5,
      dirsUnmodified: 6,
      dataBlobs: 7,
      treeBlobs: 8,
      dataAdded: 9,
      dataAddedPacked: 10,
      totalFilesProcessed: 11,
      totalBytesProcessed: 12,
    };
    const [time, id] = ['2026-01-02T03:04:05Z', 'a'.repeat(64)];
    const full: SnapshotContent = {
      summary: { ...counts, backupStart: time, backupEnd: time },
      programVersion: 'v',
      original: id,
      tags: ['t'],
      excludes: ['e'],
      gid: 2,
      uid: 1,
      username: 'u',
      hostname: 'h',
      paths: ['/p'],
      tree: id,
      parent: id,
      time,
    };
    const json = encodeSnapshot(full).toString();
    assert.equal(
      json,
      `{"time":"${time}","parent":"${id}","tree":"${id}","paths":["/p"],"hostname":"h","username":"u","uid":1,"gid":2,` +
        `"excludes":["e"],"tags":["t"],"original":"${id}","program_version":"v","summary":{"backup_start":"${time}",` +
        `"backup_end":"${time}","files_new":1,"files_changed":2,"files_unmodified":3,"dirs_new":4,"dirs_changed":5,` +
        `"dirs_unmodified":6,"data_blobs":7,"tree_blobs":8,"data_added":9,"data_added_packed":10,` +
        `"total_files_processed":11,"total_bytes_processed":12}}`,
    );
    assert.deepEqual(decodeSnapshot(Buffer.from(json)), full);
    spoil(Buffer.from(json), decodeSnapshot);
    const least = {
      time,
      tree: id,
      paths: [],
      hostname: '',
      username: '',
      uid: 0,
      gid: 0,
      tags: [],
      excludes: [],
    };
    assert.equal(encodeSnapshot(least).toString(), `{"time":"${time}","tree":"${id}","paths":[]}`);
    assert.deepEqual(decodeSnapshot(Buffer.from(`{"time":"${time}","tree":"${id}","paths":null}\n`)), least);
  });
});

describe('a lock file', () => {
  it('has the fields of restic in their order', () => {
    const lock = {
      time: '2026-01-02T03:04:05.6Z',
      exclusive: true,
      hostname: 'h',
      username: 'u',
      pid: 1,
      uid: 2,
      gid: 3,
    };
    const json =
      '{"time":"2026-01-02T03:04:05.6Z","exclusive":true,"hostname":"h","username":"u","pid":1,"uid":2,"gid":3}';
    assert.equal(encodeLock(lock).toString(), json);
    assert.deepEqual(decodeLock(Buffer.from(json)), lock);
    assert.ok(!encodeLock({ ...lock, uid: 0, gid: 0 }).includes('uid'));
    spoil(Buffer.from(json), decodeLock);
  });
});

describe('the envelope of JSON files', () => {
  it('is compressed in version 2, absent in version 1, and both are read', () => {
    fc.assert(
      fc.property(fc.json(), (value) => {
        const json = Buffer.from(`{"a":${value}}`);
        assert.equal(wrapUnpacked(json, 2)[0], 2);
        assert.ok(wrapUnpacked(json, 1).equals(json));
        for (const version of [1, 2] as const)
          assert.ok(unwrapUnpacked(wrapUnpacked(json, version)).equals(json));
      }),
    );
    assert.equal(unwrapUnpacked(Buffer.from('[1]')).toString(), '[1]');
  });

  it('is refused when it begins with anything else, or its frame is damaged', () => {
    const frame = compress(Buffer.from('{"a":1}'));
    for (const bytes of [
      Buffer.alloc(0),
      Buffer.of(1),
      Buffer.of(2),
      Buffer.from('x'),
      Buffer.concat([Buffer.of(3), frame]),
      Buffer.concat([Buffer.of(2), frame.subarray(0, -1)]),
    ]) {
      assert.throws(() => unwrapUnpacked(bytes), FormatError);
    }
  });
});

describe('a time', () => {
  it('is an instant in nanoseconds', () => {
    assert.equal(parseInstant('1970-01-01T00:00:00Z'), 0n);
    assert.equal(parseInstant('1970-01-01T01:00:00.000000001+01:00'), 1n);
    assert.equal(parseInstant('1969-12-31T23:59:59.5Z'), -500_000_000n);
    assert.equal(parseInstant('2026-11-23T07:00:00.123456789-02:30'), 1795426200123456789n);
    for (const bad of [
      '',
      'yesterday',
      '2026-13-01T00:00:00Z',
      '2026-01-01 00:00:00Z',
      '2026-01-01T00:00:00',
    ]) {
      assert.throws(() => parseInstant(bad), FormatError);
    }
  });
});
