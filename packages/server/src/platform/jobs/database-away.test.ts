import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startPostgres } from '@octobox/sources/testing';
import { migrations } from '../../migrations.ts';
import { systemClock } from '../clock.ts';
import { openDatabase } from '../database/index.ts';
import { silentLog } from '../log.ts';
import { Secret } from '../secret.ts';
import { makeJobQueue } from './make-job-queue.ts';

const settingsOf = (server: Awaited<ReturnType<typeof startPostgres>>) => ({
  kind: 'postgresql' as const,
  location: {
    host: server.host,
    port: server.port,
    user: server.superuser,
    database: 'postgres',
    sslmode: 'disable' as const,
  },
  password: new Secret(server.password),
  passwordFile: undefined,
});

describe('a job whose database starts again', () => {
  it('goes on, and its log, its end and what it returned are kept', { timeout: 60_000 }, async () => {
    await using server = await startPostgres();
    const database = await openDatabase(settingsOf(server), migrations);
    const queue = makeJobQueue({ database, clock: systemClock, log: silentLog, leaseMs: 30_000 });
    queue.define({
      kind: 'long',
      concurrency: 1,
      maxAttempts: 1,
      async run(_payload, context) {
        await server.stop();
        context.log('while it was away');
        // A round of the upkeep meets nobody.
        await systemClock.sleep(1_500);
        setTimeout(() => void server.start(), 500);
        return { ended: 'while it was away' };
      },
    });
    const { job } = await queue.enqueue({ kind: 'long', payload: {} });
    queue.start();
    const look = () => queue.get(job.id).catch(() => undefined);
    let ended = await look();
    while (ended?.finishedAt === undefined) {
      await systemClock.sleep(100);
      ended = await look();
    }
    assert.equal(ended.state, 'succeeded');
    assert.equal(ended.attempts, 1);
    assert.deepEqual(ended.result, { ended: 'while it was away' });
    assert.deepEqual(
      (await queue.log(job.id)).map(({ line }) => line),
      ['while it was away'],
    );
    await queue.stop(0);
    await database.close();
  });
});
