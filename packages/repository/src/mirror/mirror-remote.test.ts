import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { KeyFolder, openLayers, openStorage, type Storage } from '@octobox/storage';
import { peelLayers, startRestServer, startSftpServer } from '@octobox/storage/testing';
import { restoreSnapshot } from '../restore/restore.ts';
import { Repository } from '../store/repository.ts';
import { TEST_PASSWORD } from '../testing/repository.ts';
import { restic } from '../testing/restic.ts';
import { treeDifferences } from '../testing/tree-differences.ts';
import { Workshop } from '../testing/workshop.ts';
import { mirrorRepository } from './mirror.ts';
import { planMirror } from './mirror-plan.ts';
import { emptyRecord, type MirrorRecord } from './mirror-record.ts';

const lockTiming = { settle: 1, retryFirst: 2, retryMost: 5 };

/** Passes TCP connections on, and can cut each after so many bytes towards the server. */
class CuttingProxy {
  cuts = 0;
  /** bytes after which a connection is cut; infinite: never */
  limit = Number.POSITIVE_INFINITY;
  readonly #server: Server;
  readonly #open = new Set<Socket>();

  constructor(to: number) {
    this.#server = createServer((client) => {
      const upstream = connect(to, '127.0.0.1');
      for (const socket of [client, upstream]) {
        this.#open.add(socket);
        socket
          .on('error', () => {})
          .on('close', () => {
            this.#open.delete(socket);
            client.destroy();
            upstream.destroy();
          });
      }
      let passed = 0;
      client.on('data', (bytes) => {
        passed += bytes.length;
        if (passed > this.limit) {
          this.cuts++;
          client.resetAndDestroy();
        } else upstream.write(bytes);
      });
      upstream.pipe(client);
    });
  }

  async listen(): Promise<number> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    for (const socket of this.#open) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

describe('a mirror in another place', { timeout: 240_000 }, () => {
  let workshop: Workshop;
  let source: Repository;
  before(async () => {
    workshop = await Workshop.open();
    for (let number = 0; number < 4; number++) {
      workshop.write(`file${number}`, 1_500_000);
      await workshop.backup();
    }
    source = await workshop.repository();
  });
  after(() => workshop[Symbol.asyncDispose]());

  const mirror = (target: Storage, record: MirrorRecord = emptyRecord(source.id)) =>
    mirrorRepository(source, target, { record, lockTiming, transfers: 2 });

  it('behind REST is continued where connections were cut, and nothing is sent twice', async () => {
    const server = await startRestServer();
    const proxy = new CuttingProxy(Number(new URL(server.url).port));
    const port = await proxy.listen();
    const retry = { totalMs: 0, firstDelayMs: 1 };
    const target = await openStorage(`rest:http://127.0.0.1:${port}/`, { retry });
    try {
      proxy.limit = 1_000_000;
      await assert.rejects(mirror(target));
      assert.ok(proxy.cuts > 0);
      assert.ok(existsSync(`${server.folder}/config`));
      await restic(['unlock', '--remove-all'], { repository: server.folder });
      await restic(['check', '--read-data'], { repository: server.folder });
      proxy.limit = Number.POSITIVE_INFINITY;
      const left = (await planMirror(workshop.storage, target)).objects;
      const all = (await planMirror(workshop.storage, await openStorage('memory:none'))).objects - 1;
      assert.ok(left > 0 && left < all, `${left} of ${all}`);
      assert.equal((await mirror(target)).objectsCopied, left);
      await restic(['check', '--read-data'], { repository: server.folder });
    } finally {
      await target.close();
      await proxy.close();
      await server.stop();
    }
  });

  it('behind an append-only REST server keeps what was forgotten, and says so without failing', async () => {
    const server = await startRestServer({ appendOnly: true });
    const target = await openStorage(`rest:${server.url}`);
    try {
      let { record } = await mirror(target);
      await workshop.restic(['forget', '--keep-last', '3', '--prune', '--max-unused', '0']);
      const options = { lockTiming, keepDeleted: 3600 };
      ({ record } = await mirrorRepository(source, target, { ...options, record }));
      const later = () => new Date(Date.now() + 7_200_000);
      const { removal, problemCount, snapshots } = await mirrorRepository(source, target, {
        ...options,
        record,
        now: later,
      });
      assert.equal(problemCount, 0);
      assert.equal(removal.removed, 0);
      assert.ok(removal.refused > 0, removal.reason ?? '');
      assert.equal(snapshots.size, 4);
      await restic(['check', '--read-data'], { repository: server.folder });
    } finally {
      await target.close();
      await server.stop();
    }
  });

  it('behind SFTP in its own layers is restored by Octobox, and with the stock tools alone', async () => {
    const server = await startSftpServer();
    const options = new Map([
      ['sftp.identity', server.identity],
      ['sftp.known-hosts', server.knownHosts],
    ]);
    const location = `sftp://${server.user}@127.0.0.1:${server.port}/${server.folder}/mirror`;
    const base = await openStorage(location, { options });
    try {
      const folder = new KeyFolder(workshop.path('keys'));
      await folder.create({ location, layers: ['crypt', 'age'] });
      const keys = await folder.layerKeys();
      const target = await openLayers(base, keys);
      await mirror(target);
      await server.cut();
      workshop.write('more', 500_000);
      await workshop.backup();
      await mirror(target);

      const there = await Repository.open(target, { password: TEST_PASSWORD });
      await there.loadIndex();
      const restored = workshop.path('restored');
      await restoreSnapshot(there, await there.snapshot('latest'), { target: restored, workers: 0 });
      assert.deepEqual(
        treeDifferences(workshop.source, restored).filter((line) => !line.startsWith(':')),
        [],
      );

      const identityFile = workshop.path('identity');
      await copyFile(folder.file('drill-identity'), identityFile);
      assert.ok(keys.crypt);
      const plain = await peelLayers({
        repository: `${server.folder}/mirror`,
        identityFile,
        crypt: keys.crypt,
        workplace: workshop.path('peeled'),
      });
      await restic(['check', '--read-data'], { repository: plain });
    } finally {
      await base.close();
      await server.stop();
    }
  });
});
