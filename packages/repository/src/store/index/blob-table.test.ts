import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import type { BlobType } from '../../format/blob.ts';
import { BlobTable } from './blob-table.ts';

const idOf = (n: number | string): Buffer => createHash('sha256').update(String(n)).digest();

describe('the table of blobs', () => {
  it('tells where a blob lies, and keeps data and trees of one id apart', () => {
    const table = BlobTable.create();
    const pack = table.packNumber(idOf('pack'));
    table.add('data', idOf(1), pack, 10, 100, 0);
    assert.deepEqual(table.lookup('data', idOf(1)), [
      { type: 'data', pack: idOf('pack').toString('hex'), offset: 10, length: 100, uncompressedLength: 0 },
    ]);
    assert.equal(table.has('tree', idOf(1)), false);
    table.add('tree', idOf(1), pack, 110, 0xffffffff, 0xfffffffe);
    assert.deepEqual(table.lookup('tree', idOf(1))[0]?.length, 0xffffffff);
    assert.equal(table.lookup('data', idOf(1)).length, 1);
    assert.deepEqual(table.lookup('data', idOf(2)), []);
  });

  it('knows every copy of a blob, and each place once', () => {
    const table = BlobTable.create();
    const [one, two] = [table.packNumber(idOf('one')), table.packNumber(idOf('two'))];
    assert.equal(table.packNumber(idOf('one')), one);
    for (const [pack, offset] of [
      [one, 0],
      [two, 0],
      [one, 0],
      [one, 50],
    ] as const) {
      table.add('data', idOf(1), pack, offset, 40, 0);
    }
    assert.deepEqual(
      table.lookup('data', idOf(1)).map(({ pack, offset }) => [pack, offset]),
      [
        [idOf('one').toString('hex'), 0],
        [idOf('two').toString('hex'), 0],
        [idOf('one').toString('hex'), 50],
      ],
    );
    assert.equal(table.packCount, 2);
    table.add('data', idOf(1), two, 0, 40, 0);
    const entries = Array.from({ length: table.entryCount }, (_, entry) => table.locationAt(entry));
    assert.equal(entries.length, 3, 'whoever goes through all entries meets each once');
  });

  it('finds everything after it has grown many times', () => {
    const table = BlobTable.create();
    const packs = Array.from({ length: 50 }, (_, n) => table.packNumber(idOf(`pack ${n}`)));
    const count = 50_000;
    for (let n = 0; n < count; n++)
      table.add(n % 3 === 0 ? 'tree' : 'data', idOf(n), packs[n % 50] ?? 0, n, 100, n);
    for (let n = 0; n < count; n++) {
      const [found] = table.lookup(n % 3 === 0 ? 'tree' : 'data', idOf(n));
      assert.equal(found?.offset, n);
      assert.equal(found?.pack, idOf(`pack ${n % 50}`).toString('hex'));
    }
    assert.equal(table.has('data', idOf(count + 1)), false);
    assert.equal(table.entryCount, count);
    for (let entry = 0; entry < count; entry += 997) {
      assert.ok(table.idAt(entry).equals(idOf(entry)));
      assert.equal(table.locationAt(entry).offset, entry);
      assert.deepEqual(table.entriesOf(table.typeAt(entry), idOf(entry)), [entry]);
    }
  });

  it('lets a blob be claimed once, dropped and claimed again, and settled', () => {
    const table = BlobTable.create();
    assert.equal(table.claim('data', idOf(1)), true);
    assert.equal(table.claim('data', idOf(1)), false);
    assert.equal(table.claim('tree', idOf(1)), true);
    assert.equal(table.isKnown('data', idOf(1)), true);
    assert.equal(table.has('data', idOf(1)), false, 'it lies nowhere yet');
    assert.deepEqual(table.lookup('data', idOf(1)), []);
    table.drop('data', idOf(1));
    assert.equal(table.isKnown('data', idOf(1)), false);
    assert.equal(table.claim('data', idOf(1)), true);
    table.settle('data', idOf(1), table.packNumber(idOf('pack')), 7, 100, 200);
    assert.equal(table.has('data', idOf(1)), true);
    assert.equal(table.claim('data', idOf(1)), false);
    assert.deepEqual(table.lookup('data', idOf(1)), [
      { type: 'data', pack: idOf('pack').toString('hex'), offset: 7, length: 100, uncompressedLength: 200 },
    ]);
    table.drop('data', idOf(1));
    assert.equal(table.has('data', idOf(1)), true, 'what is stored cannot be dropped');
    table.settle('data', idOf(2), table.packNumber(idOf('pack')), 107, 100, 0);
    assert.equal(table.has('data', idOf(2)), true, 'what nobody claimed is entered');
  });

  it('behaves as a plain map would', () => {
    const operation = fc.tuple(
      fc.constantFrom('add', 'claim', 'settle', 'drop'),
      fc.constantFrom<BlobType>('data', 'tree'),
      fc.nat(6),
      fc.nat(3),
    );
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 60 }), (operations) => {
        const table = BlobTable.create();
        const stored = new Map<string, Set<number>>();
        const claimed = new Set<string>();
        for (const [what, type, n, pack] of operations) {
          const key = `${type}${n}`;
          const places = stored.get(key) ?? new Set<number>();
          stored.set(key, places);
          const number = table.packNumber(idOf(`pack ${pack}`));
          if (what === 'add') {
            table.add(type, idOf(n), number, 0, 40, 0);
            places.add(pack);
          } else if (what === 'claim') {
            const free = places.size === 0 && !claimed.has(key);
            assert.equal(table.claim(type, idOf(n)), free);
            if (free) claimed.add(key);
          } else if (what === 'settle') {
            table.settle(type, idOf(n), number, 0, 40, 0);
            // A claim that is settled where the blob lies already would be two entries of one place.
            if (claimed.delete(key) && places.has(pack)) places.add(-1);
            places.add(pack);
          } else {
            table.drop(type, idOf(n));
            claimed.delete(key);
          }
          const expected = [...places]
            .filter((place) => place >= 0)
            .map((place) => idOf(`pack ${place}`).toString('hex'));
          assert.deepEqual(
            new Set(table.lookup(type, idOf(n)).map((location) => location.pack)),
            new Set(expected),
          );
          assert.equal(table.isKnown(type, idOf(n)), places.size > 0 || claimed.has(key));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('gives each of many ids to exactly one of four threads, while it grows', {
    timeout: 60_000,
  }, async () => {
    const table = BlobTable.create();
    const count = 60_000;
    const work = `
      import { createHash } from 'node:crypto';
      import { parentPort, workerData } from 'node:worker_threads';
      const { BlobTable } = await import(workerData.module);
      const table = BlobTable.attach(workerData.table);
      const won = [];
      for (let n = 0; n < workerData.count; n++) {
        const id = createHash('sha256').update(String(n)).digest();
        if (table.claim('data', id)) won.push(n);
        if (!table.isKnown('data', id)) throw new Error('lost ' + n);
      }
      parentPort.postMessage(won);`;
    const workers = Array.from(
      { length: 4 },
      () =>
        new Worker(new URL(`data:text/javascript,${encodeURIComponent(work)}`), {
          workerData: {
            table: table.share(),
            count,
            module: new URL('./blob-table.ts', import.meta.url).href,
          },
        }),
    );
    const won = await Promise.all(
      workers.map(async (worker) => (await once(worker, 'message'))[0] as number[]),
    );
    await Promise.all(workers.map((worker) => worker.terminate()));
    const all = won.flat();
    assert.equal(new Set(all).size, count, 'no id was lost');
    // A few may be claimed twice at the moment a segment fills; that only costs space.
    assert.ok(all.length - count < 20, `${all.length - count} ids were claimed twice`);
    const pack = table.packNumber(idOf('pack'));
    for (let n = 0; n < count; n++) table.settle('data', idOf(n), pack, n, 40, 0);
    for (let n = 0; n < count; n += 101) assert.equal(table.lookup('data', idOf(n))[0]?.offset, n);
  });
});
