import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { consoleStage } from './accounts/console-stage.ts';
import { makeApi } from './api/api.ts';
import type { ApiRooms } from './api/routes/rooms.ts';
import { Catalog } from './catalog/index.ts';
import { Entries } from './credentials/index.ts';
import { makeJobQueue, Scheduler, silentLog } from './platform/index.ts';
import { type DatabaseMaker, onEachDatabase } from './testing/temporary-database.ts';

const config = { api: { requestsPerSecond: 100, burst: 1_000 } };

const stage = (databases: DatabaseMaker) =>
  consoleStage(databases, {
    api: (rooms) => {
      const { database, clock } = rooms;
      const queue = makeJobQueue({ database, clock, log: silentLog, leaseMs: 30_000 });
      const events = { emit: () => undefined };
      const scheduler = new Scheduler({ database, clock, log: silentLog, queue, events, graceMs: 60_000 });
      const catalog = new Catalog({ ...rooms, scheduler, onServiceRemoved: async () => undefined });
      const more = { config, catalog, entries: new Entries(rooms) };
      return makeApi({ ...rooms, ...more } as unknown as ApiRooms & { url: string });
    },
  });

onEachDatabase((databases) => {
  describe('a change by the API', () => {
    it('is not made for whom the right to it was taken away while the request waited for its turn', async () => {
      await using s = await stage(databases);
      const { who } = await s.setUp();
      const { json, headers } = await who.ask('POST', '/services', { name: 'Shop', criticality: 'high' });
      const etag = headers.get('etag') ?? '';
      const { json: entry, headers: sealed } = await who.ask('POST', '/vault/entries', {
        ...{ name: 'Mail', kind: 'other', secret: 'canary' },
      });
      const become = (role: string, ms: number) =>
        s.rewrite(async (t) => {
          await t.updateTable('members').set({ role }).execute();
          // The request is admitted meanwhile, by what was true before, and waits.
          await sleep(ms);
        });
      const asked: readonly (readonly [string, string, unknown, string?])[] = [
        ['POST', '/services', { name: 'Mail', criticality: 'low' }],
        ['PATCH', `/services/${json.id}`, { name: 'Market' }, etag],
        ['DELETE', `/services/${json.id}`, undefined, etag],
        ['POST', '/vault/entries', { name: 'Web', kind: 'other', secret: 'canary' }],
        ['PATCH', `/vault/entries/${entry.id}`, { login: 'byron' }, sealed.get('etag') ?? ''],
      ];
      for (const [method, path, body, ifMatch] of asked) {
        const taken = become('viewer', 300);
        const more = ifMatch === undefined ? {} : { 'if-match': ifMatch };
        const answer = await who.ask(method, path, body, more);
        await taken;
        await become('owner', 0);
        assert.deepEqual([answer.status, answer.json.code], [403, 'server.forbidden'], `${method} ${path}`);
      }
      assert.deepEqual(
        (await who.ask('GET', '/services')).json.items.map(({ name }: { name: string }) => name),
        ['Shop'],
      );
    });
  });
});
