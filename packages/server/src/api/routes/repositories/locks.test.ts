import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { rename } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { onEachDatabase } from '../../../testing/temporary-database.ts';
import { apiStage } from '../../api-stage.ts';

onEachDatabase((databases) => {
  describe('locks on the repository in the API', () => {
    it('are listed with whose they are, and those that somebody saw are taken away', async () => {
      await using s = await apiStage(databases);
      const gone = spawn('sleep', ['60']);
      gone.kill('SIGKILL');
      await once(gone, 'exit');
      const repository = await s.platform.repository.open();
      const lock = (pid: number | undefined, exclusive: boolean) =>
        repository.writeUnpacked(
          'lock',
          Buffer.from(
            JSON.stringify({
              ...{ time: new Date().toISOString(), exclusive, pid },
              ...{ hostname: hostname(), username: 'octobox' },
            }),
          ),
        );
      const [stale, used] = [await lock(gone.pid, true), await lock(process.pid, false)];
      const newer = Buffer.from('of a newer program');
      const unreadable = createHash('sha256').update(newer).digest('hex');
      const writer = await repository.storage.writer('lock');
      await writer.append(newer);
      await writer.commit(unreadable);
      await repository.close();
      const list = async () => (await s.ask('GET', '/locks', { key: s.key })).json.items;
      const remove = (body: object) => s.ask('POST', '/lock-removals', { inPerson: true, body });

      const listed = new Map((await list()).map((item: { id: string }) => [item.id, item]));
      assert.equal(listed.size, 3);
      const { refreshedAt, ...ofStale } = listed.get(stale) as Record<string, unknown>;
      const whose = { hostname: hostname(), username: 'octobox' };
      assert.deepEqual(ofStale, { id: stale, stale: true, exclusive: true, ...whose, pid: gone.pid });
      assert.match(String(refreshedAt), /^\d{4}-.*Z$/);
      assert.equal((listed.get(used) as { stale: boolean }).stale, false);
      assert.deepEqual(listed.get(unreadable), { id: unreadable, stale: false });

      await s.prove(new Date(0));
      assert.equal((await remove({ locks: [stale] })).status, 403, 'without a fresh proof');
      await s.prove();
      const refused = await remove({ locks: [stale, used] });
      assert.equal(refused.status, 409);
      assert.match(refused.json.detail, new RegExp(`${used.slice(0, 8)} is of process ${process.pid} on`));
      assert.equal((await list()).length, 3, 'a removal that is refused removes nothing');

      const { status, json } = await remove({ locks: [stale, randomBytes(32).toString('hex')] });
      assert.equal(status, 200, json?.detail);
      assert.equal(json.removed, 1);
      assert.deepEqual(json.left.map(({ id }: { id: string }) => id).sort(), [used, unreadable].sort());
      assert.equal((await remove({ locks: [used, unreadable], inUse: true })).json.removed, 2);
      assert.deepEqual(await list(), []);

      const { items: entries } = await s
        .ask('GET', '/audit-entries?kind=unlock', { key: s.key })
        .then((answer) => answer.json);
      assert.deepEqual(
        entries.map(({ action, subject, after }: Record<string, unknown>) => [action, subject, after]),
        [
          ['unlock.asked', 'repository:primary', { locks: 2, inUse: 2 }],
          ['unlock.asked', 'repository:primary', { locks: 1, inUse: 0 }],
        ],
      );
      for (const body of [{ locks: [] }, { locks: ['../config'] }, { locks: [stale], all: true }, {}])
        assert.equal((await remove(body)).status, 422, JSON.stringify(body));

      const { id: serviceId } = await s.platform.catalog.addService({ name: 'Shop', criticality: 'high' });
      const source = { serviceId, kind: 'files', name: 'pictures', location: s.site } as const;
      await s.platform.runNow.backup((await s.platform.catalog.addSource(source)).id);
      const folder = join(s.folder, 'data', 'repository');
      await rename(folder, `${folder}.away`);
      const away = await remove({ locks: [stale] });
      assert.deepEqual([away.status, away.json.code], [503, 'repository.missing'], away.text);
      assert.match(away.json.detail, /there is no repository/);
      assert.equal(typeof away.json.advice, 'string');
      // The list is held for a second.
      const listing = async () => (await s.ask('GET', '/locks', { key: s.key })).json.code;
      for (let tries = 0; tries < 200 && (await listing()) === undefined; tries++) await setTimeout(50);
      assert.equal(await listing(), 'repository.missing');
      await rename(`${folder}.away`, folder);
    });
  });
});
