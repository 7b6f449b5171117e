/** Repositories of which any bytes were changed: everything that reads them ends, with a result or an error of its own. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { type FileKind, MemoryStorage, StorageError } from '@octobox/storage';
import { fuzzSeed, generator, mutate } from '@octobox/storage/testing';
import { checkRepository } from '../check/check.ts';
import { RepositoryError } from '../errors.ts';
import { encodeSnapshot } from '../format/snapshot-file.ts';
import { listTree } from '../inspect/list-tree.ts';
import { planRepairIndex } from '../repair/repair-index.ts';
import { copyRepository } from '../testing/crashing-storage.ts';
import { noise } from '../testing/fixture-tree.ts';
import { createTestRepository, TEST_PASSWORD } from '../testing/repository.ts';
import { Repository } from './repository.ts';

const SECONDS = Number(process.env.OCTOBOX_FUZZ_SECONDS ?? 3);
const kinds: readonly FileKind[] = ['config', 'key', 'snapshot', 'index', 'data'];

async function sound(): Promise<MemoryStorage> {
  const storage = new MemoryStorage('sound');
  const { repository } = await createTestRepository(storage);
  const saver = repository.saver({ packSize: 2000 });
  for (let number = 0; number < 5; number++) await saver.save('data', noise(`blob ${number}`, 900));
  const { id } = await saver.save('tree', Buffer.from('{"nodes":[]}\n'));
  await saver.finish();
  const content = { paths: ['/x'], hostname: 'h', username: '', uid: 0, gid: 0, tags: [], excludes: [] };
  const snapshot = { ...content, tree: id.toString('hex'), time: '2026-01-01T00:00:00Z' };
  await repository.writeUnpacked('snapshot', encodeSnapshot(snapshot));
  return storage;
}

const seed = fuzzSeed();
it(`a mutated repository is read or refused (OCTOBOX_FUZZ_SEED=${seed})`, {
  timeout: 3_600_000,
}, async (t) => {
  const whole = await sound();
  const random = generator(seed);
  const end = performance.now() + SECONDS * 1000;
  const outcomes = { refused: 0, found: 0, unharmed: 0 };
  for (let round = 0; round === 0 || performance.now() < end; round++) {
    const storage = new MemoryStorage('mutated');
    await copyRepository(whole, storage);
    const changed: string[] = [];
    for (let changes = 1 + random(3); changes > 0; changes--) {
      const kind = kinds[random(kinds.length)] ?? 'data';
      const names = (await Array.fromAsync(storage.list(kind))).map(({ name }) => name);
      const name = names[random(names.length)];
      if (name === undefined) continue;
      const bytes = Buffer.from(await storage.read({ kind, name }));
      await storage.remove({ kind, name });
      changed.push(kind);
      // One in four is lost altogether.
      if (random(4) === 0) continue;
      const writer = await storage.writer(kind);
      await writer.append(mutate([bytes], random));
      await writer.commit(name);
    }
    const begun = process.cpuUsage();
    try {
      const repository = await Repository.open(storage, { password: TEST_PASSWORD });
      const report = await checkRepository(repository, { noLock: true, readData: true, workers: 0 });
      await planRepairIndex(repository, { readAllPacks: true });
      outcomes[report.findings.length > 0 ? 'found' : 'unharmed']++;
      if (report.errorCount === 0) {
        await repository.loadIndex();
        for await (const { tree } of repository.snapshots())
          for await (const _ of listTree(repository, Buffer.from(tree, 'hex'), Buffer.from('/')));
      }
    } catch (error) {
      if (!(error instanceof RepositoryError) && !(error instanceof StorageError))
        throw new Error(`round ${round}, ${changed.join()} changed: ${error}`, { cause: error });
      outcomes.refused++;
    }
    const took = process.cpuUsage(begun).user / 1000;
    assert.ok(took < 5_000, `round ${round}, ${changed.join()} changed: ${took} ms`);
  }
  assert.ok(process.memoryUsage().rss < 1_500_000_000, 'memory stays bounded');
  t.diagnostic(JSON.stringify(outcomes));
});
