import assert from 'node:assert/strict';
import { it } from 'node:test';
import { ManualClock } from '../../testing/manual-clock.ts';
import { temporaryCatalog } from '../../testing/temporary-catalog.ts';
import { onEachDatabase } from '../../testing/temporary-database.ts';
import { RepositoryGrowth } from './repository-growth.ts';

onEachDatabase((databases) => {
  it('what backups added is summed by days of their end, and a new one is there at once', async () => {
    await using made = await temporaryCatalog(databases);
    const { catalog, database } = made;
    await catalog.addService({ name: 'Site', criticality: 'low' });
    const place = { location: '/srv/site', schedule: 'every 1h' };
    const { id } = await catalog.addSource({ serviceId: 'site', kind: 'files', name: 'Pages', ...place });
    const run = (state: 'succeeded' | 'failed', finished_at: string, bytes: number) =>
      database.change((transaction) =>
        transaction
          .insertInto('runs')
          .values({
            ...{ source_id: id, job_id: 1, state, reason: 'schedule', started_at: finished_at, finished_at },
            ...{ bytes_stored: bytes, bytes_read: bytes * 10, warnings: '[]', suspect: 0 },
            ...(state === 'succeeded'
              ? { snapshot_id: 'a'.repeat(64), recovery_point_at: finished_at, files: 1, files_changed: 0 }
              : { failure: '{}' }),
          })
          .execute(),
      );
    await run('succeeded', '2026-11-20T23:59:59.000Z', 1);
    await run('succeeded', '2026-11-22T00:00:00.000Z', 2);
    await run('succeeded', '2026-11-22T23:59:59.999Z', 3);
    await run('failed', '2026-11-22T12:00:00.000Z', 100);

    const growth = new RepositoryGrowth({ database, clock: new ManualClock('2026-11-23T12:00:00.000Z') });
    const day = (name: string, backups: number, bytes: number) => ({
      ...{ day: name, backups, bytesStored: bytes, bytesRead: bytes * 10 },
    });
    assert.deepEqual(await growth.days(3), [day('2026-11-20', 1, 1), day('2026-11-22', 2, 5)]);
    assert.deepEqual(await growth.days(2), [day('2026-11-22', 2, 5)]);
    await run('succeeded', '2026-11-23T11:00:00.000Z', 7);
    assert.deepEqual(await growth.days(1), [day('2026-11-22', 2, 5), day('2026-11-23', 1, 7)]);
  });
});
