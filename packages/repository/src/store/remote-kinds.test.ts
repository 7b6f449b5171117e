/** A repository's life in each remote kind of storage, on real servers, with stock restic as the judge. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type OpenStorageOptions, openStorage, StorageMetrics } from '@octobox/storage';
import { startRestServer, startS3Server, startSftpServer } from '@octobox/storage/testing';
import { backupFiles } from '../backup/files.ts';
import { checkRepository } from '../check/check.ts';
import { applyForget, planForgetSnapshots } from '../forget/forget.ts';
import { applyPrune } from '../prune/apply-prune.ts';
import { planPrune } from '../prune/plan-prune.ts';
import { restoreSnapshot } from '../restore/restore.ts';
import { createTestRepository, noise, restic, TEST_PASSWORD, treeDifferences } from '../testing/index.ts';
import { Repository } from './repository.ts';

interface Place {
  readonly location: string;
  readonly options: OpenStorageOptions;
  /** How stock restic reaches the same place. */
  readonly restic: {
    readonly repository: string;
    readonly args: string[];
    readonly env: Record<string, string>;
  };
  stop(): Promise<void>;
}

const kinds: Record<string, () => Promise<Place>> = {
  S3: async () => {
    const server = await startS3Server();
    const location = `s3:${server.url}/backups/shop`;
    return {
      location,
      options: { environment: server.environment },
      restic: { repository: location, args: [], env: server.environment },
      stop: server.stop,
    };
  },
  SFTP: async () => {
    const server = await startSftpServer();
    const ssh = `ssh -p ${server.port} -i ${server.identity} -o UserKnownHostsFile=${server.knownHosts} ${server.user}@127.0.0.1 -s sftp`;
    return {
      location: `sftp://${server.user}@127.0.0.1:${server.port}/${server.folder}/shop`,
      options: {
        options: new Map([
          ['sftp.identity', server.identity],
          ['sftp.known-hosts', server.knownHosts],
        ]),
      },
      restic: {
        repository: `sftp:${server.user}@127.0.0.1:${server.folder}/shop`,
        args: ['-o', `sftp.command=${ssh}`],
        env: {},
      },
      stop: server.stop,
    };
  },
  REST: async () => {
    const user = { name: 'shop', password: 'secret' };
    const server = await startRestServer({ user });
    return {
      location: `rest:${server.url}shop/`,
      options: { environment: { RESTIC_REST_USERNAME: user.name, RESTIC_REST_PASSWORD: user.password } },
      restic: {
        repository: `rest:${server.url.replace('//', `//${user.name}:${user.password}@`)}shop/`,
        args: [],
        env: {},
      },
      stop: server.stop,
    };
  },
};

for (const [kind, start] of Object.entries(kinds)) {
  describe(`a repository behind ${kind}`, () => {
    let place: Place;
    let base: string;
    before(async () => {
      base = mkdtempSync(join(tmpdir(), 'octobox-remote-'));
      place = await start();
    });
    after(async () => {
      await place.stop();
      rmSync(base, { recursive: true, force: true });
    });

    it('is backed up to, checked, pruned and restored from, and stock restic agrees', async () => {
      const source = join(base, 'source');
      mkdirSync(source);
      const write = (name: string, size: number): void =>
        writeFileSync(join(source, name), noise(name, size));
      for (const [name, size] of [
        ['large', 3_000_000],
        ['small', 1000],
        ['empty', 0],
      ] as const)
        write(name, size);
      const metrics = new StorageMetrics();
      const { repository } = await createTestRepository(
        await openStorage(place.location, { ...place.options, metrics }),
      );
      const first = await backupFiles(repository, { paths: [source], host: 'test' });
      write('more', 500_000);
      await backupFiles(repository, { paths: [source], host: 'test' });
      assert.ok(first.snapshot);
      await applyForget(repository, planForgetSnapshots([first.snapshot]));
      await applyPrune(repository, await planPrune(repository, { maxUnused: 0 }));
      assert.deepEqual((await checkRepository(repository, { readData: true })).errorCount, 0);
      await repository.close();

      const judge = (args: string[]) =>
        restic([...place.restic.args, ...args], {
          repository: place.restic.repository,
          env: place.restic.env,
        });
      await judge(['check', '--read-data']);
      await judge(['backup', '--host', 'stock', source]);
      await judge(['restore', 'latest', '--host', 'test', '--target', join(base, 'by restic')]);
      assert.deepEqual(treeDifferences(source, join(base, 'by restic', source)), []);

      const again = await Repository.open(await openStorage(place.location, place.options), {
        password: TEST_PASSWORD,
      });
      await again.loadIndex();
      const [byRestic] = (await Array.fromAsync(again.snapshots())).filter(
        ({ hostname }) => hostname === 'stock',
      );
      assert.ok(byRestic);
      const target = join(base, 'by octobox');
      await restoreSnapshot(again, byRestic, { target });
      assert.deepEqual(treeDifferences(source, join(target, source)), []);
      await again.close();

      const { write: written, read, list } = metrics.value();
      assert.ok(written.bytes > 3_500_000 && written.errors === 0, 'every attempt is counted');
      assert.ok(read.count > 0 && list.count > 0);
    });
  });
}
