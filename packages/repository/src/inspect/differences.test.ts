import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { backupFiles } from '../backup/files.ts';
import type { Repository } from '../store/repository.ts';
import type { Snapshot } from '../store/snapshots/snapshots.ts';
import { createTestRepository } from '../testing/repository.ts';
import { diffSnapshots } from './diff-snapshots.ts';
import { type DifferenceOptions, differencesOf } from './differences.ts';

describe('what differs between two snapshots, entry by entry', () => {
  let folder: string;
  let repository: Repository;
  let [first, second] = [{} as Snapshot, {} as Snapshot];
  const at = (...names: string[]): string => join(folder, ...names);
  const backUp = async (): Promise<Snapshot> =>
    (await backupFiles(repository, { paths: [folder], host: 'here' })).snapshot as Snapshot;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'octobox-differences-'));
    repository = (await createTestRepository()).repository;
    for (const name of ['a', 'a/b', 'gone', 'gone/deep', 'same', 'turns'])
      await mkdir(at(...name.split('/')));
    for (const name of ['a/b/changed', 'a/touched', 'gone/deep/file', 'gone/other', 'same/file', 'z'])
      await writeFile(at(...name.split('/')), name);
    first = await backUp();
    await writeFile(at('a', 'b', 'changed'), 'otherwise');
    await utimes(at('a', 'touched'), 1, 1);
    await rename(at('gone'), at('moved'));
    await rm(at('turns'), { recursive: true });
    await writeFile(at('turns'), 'a file now');
    second = await backUp();
  });
  after(async () => {
    await repository.close();
    await rm(folder, { recursive: true, force: true });
  });

  const differences = async (options: DifferenceOptions = {}) => {
    const [old, young] = [first, second].map(({ tree }) => Buffer.from(tree, 'hex')) as [Buffer, Buffer];
    const all = await Array.fromAsync(differencesOf(repository, old, young, options));
    return all.filter(({ modifier }) => modifier !== '');
  };

  for (const metadata of [false, true]) {
    it(`tells the same as the comparison as a whole, ${metadata ? 'with' : 'without'} metadata`, async () => {
      const wanted: string[] = [];
      await diffSnapshots(repository, first, second, {
        metadata,
        onChange: ({ path, modifier }) => {
          wanted.push(`${modifier} ${path.toString().replace(/\/$/, '')}`);
        },
      });
      const told = (await differences({ metadata })).map(({ modifier, path }) => `${modifier} ${path}`);
      assert.deepEqual(told, wanted);
      assert.ok(
        told.includes(`M ${at('a', 'b', 'changed')}`) && told.includes(`- ${at('gone', 'deep', 'file')}`),
      );
      assert.equal(told.includes(`U ${at('a', 'touched')}`), metadata);
    });
  }

  it('tells both sides of an entry', async () => {
    const all = await differences();
    const sides = (name: string) => {
      const { before, after } = all.find(({ path }) => path.toString() === at(name)) ?? {};
      return [before?.type, after?.type];
    };
    assert.deepEqual(sides('turns'), ['dir', 'file']);
    assert.deepEqual(sides('gone'), ['dir', undefined]);
    assert.deepEqual(sides('moved'), [undefined, 'dir']);
  });

  it('goes on behind every place', async () => {
    const all = await differences({ metadata: true });
    assert.ok(all.length > 8);
    for (const [number, { path }] of all.entries()) {
      const rest = await differences({ metadata: true, after: path });
      assert.deepEqual(
        rest.map((one) => one.path.toString()),
        all.slice(number + 1).map((one) => one.path.toString()),
      );
    }
  });
});
