import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { after, before, describe, it } from 'node:test';
import { backupFiles } from '../backup/files.ts';
import type { Repository } from '../store/repository.ts';
import type { Snapshot } from '../store/snapshots/snapshots.ts';
import { makeFixtureTree, noise } from '../testing/fixture-tree.ts';
import { createTestRepository } from '../testing/repository.ts';
import { treeDifferences } from '../testing/tree-differences.ts';
import { type ArchiveFormat, archiveFolder } from './archive-folder.ts';
import { dumpPath } from './dump-path.ts';
import { tarHeader } from './tar-format.ts';
import { archiveEnd, centralHeader, dataDescriptor } from './zip-format.ts';

describe('a folder of a snapshot as an archive', () => {
  let folder: string;
  let repository: Repository;
  let snapshot: Snapshot;
  const at = (...names: string[]): string => join(folder, ...names);
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'octobox-archive-'));
    makeFixtureTree(at('tree'));
    const long = at('tree', 'l'.repeat(120), 'm'.repeat(120), 'n'.repeat(120));
    await mkdir(long, { recursive: true });
    await writeFile(join(long, 'noise'), noise('archive', 5_000_000));
    ({ repository } = await createTestRepository());
    const result = await backupFiles(repository, { paths: [at('tree')], host: 'here' });
    snapshot = result.snapshot as Snapshot;
  });
  after(async () => {
    await repository.close();
    await rm(folder, { recursive: true, force: true });
  });
  const write = async (format: ArchiveFormat, file: string, path = at('tree')): Promise<string[]> => {
    const skipped: string[] = [];
    const content = archiveFolder(repository, snapshot, path, {
      format,
      onSkipped: (entry) => skipped.push(entry),
    });
    await pipeline(content, createWriteStream(at(file)));
    return skipped;
  };

  it('is unpacked by tar into the same tree, with everything that it keeps', async () => {
    const skipped = await write('tar', 'all.tar');
    await mkdir(at('by-tar'));
    const flags = ['-C', at('by-tar'), '--xattrs', '--xattrs-include=*', '--acls', '--same-owner', '-p'];
    execFileSync('tar', ['-xf', at('all.tar'), ...flags], { stdio: ['ignore', 'pipe', 'pipe'] });
    const unpacked = at('by-tar', at('tree'));
    const left = treeDifferences(at('tree'), unpacked).filter(
      (line) =>
        // Names of one file become files of their own, as in restic's archives; sockets are nothing for tar.
        !skipped.some((name) => line.includes(name.slice(name.lastIndexOf('/') + 1))) &&
        !/: linked|^: modified/.test(line),
    );
    assert.deepEqual(left, []);
  });

  it('leaves the index to others who read meanwhile', async () => {
    const content = archiveFolder(repository, snapshot, at('tree'), { format: 'tar' });
    const begun = content.next();
    assert.ok(repository.index.entryCount > 0);
    await begun;
    await content.return();
  });

  it('is unpacked by unzip into the same files', async () => {
    await write('zip', 'all.zip', at('tree/contents'));
    execFileSync('unzip', ['-q', '-d', at('by-zip'), at('all.zip')]);
    const unpacked = at('by-zip', at('tree/contents'));
    assert.deepEqual((await readdir(unpacked)).sort(), (await readdir(at('tree/contents'))).sort());
    const left = treeDifferences(at('tree/contents'), unpacked).filter((line) => /content|size/.test(line));
    assert.deepEqual(left, []);
    assert.match(execFileSync('unzip', ['-tq', at('all.zip')]).toString(), /No errors/);
  });

  it('is what dump gives for a folder, and a file is its content', async () => {
    const options = { format: 'tar' as const };
    assert.equal((await dumpPath(repository, snapshot, '/', options)).isArchive, true);
    const file = await dumpPath(repository, snapshot, at('tree/contents/text'), options);
    assert.equal(file.isArchive, false);
    await file.content.return();
    await assert.rejects(dumpPath(repository, snapshot, '/nowhere', options), /holds no \/nowhere/);
  });
});

describe('the records of archives', () => {
  it('hold sizes above 8 GiB in tar and above 4 GiB in zip', () => {
    const size = 9n * 1024n ** 3n;
    const entry = { name: Buffer.from('large'), mode: 0o644, uid: 0, gid: 0, user: '', group: '' } as const;
    const header = tarHeader({ ...entry, type: 'file', size, modified: 0n });
    assert.match(header.toString('latin1'), /\d+ size=9663676416\n/);
    const written = { name: entry.name, mode: 0o100644, modified: 0, deflated: true, large: true, crc: 1 };
    const sizes = { size: Number(size), storedSize: 5_000_000_000, offset: 6_000_000_000 };
    assert.equal(dataDescriptor({ ...written, ...sizes }).readBigUInt64LE(16), size);
    const central = centralHeader({ ...written, ...sizes });
    assert.equal(central.readUInt32LE(42), 0xffffffff);
    assert.deepEqual(
      [0, 1, 2].map((number) => central.readBigUInt64LE(46 + 5 + 4 + 8 * number)),
      [size, 5_000_000_000n, 6_000_000_000n],
    );
    assert.equal(archiveEnd(70_000, 6_000_000_000, 7_000_000).readBigUInt64LE(48), 6_000_000_000n);
  });

  it('tell who knows no modes in a zip what is a folder and what is not to be written', () => {
    const attributesOf = (mode: number): number => {
      const entry = { name: Buffer.from('x'), mode, modified: 0, deflated: false, large: false, crc: 0 };
      return centralHeader({ ...entry, size: 0, storedSize: 0, offset: 0 }).readUInt32LE(38) & 0xff;
    };
    assert.deepEqual([0o100644, 0o100444, 0o040755, 0o040555].map(attributesOf), [0, 0x01, 0x10, 0x11]);
  });

  it('keep owners, times and names that the old fields cannot', () => {
    const header = tarHeader({
      name: Buffer.from([0x66, 0xff, 0x67]),
      type: 'file',
      mode: 0o600,
      uid: 4_000_000_000,
      gid: 1,
      user: 'ü',
      group: '',
      size: 0n,
      modified: -1_500_000_000n,
    }).toString('latin1');
    assert.ok(header.includes('path=f\xffg\n') && header.includes('uid=4000000000\n'));
    assert.ok(header.includes('mtime=-1.5\n'));
  });
});
