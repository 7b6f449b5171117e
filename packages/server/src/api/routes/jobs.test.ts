import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { onEachDatabase } from '../../testing/temporary-database.ts';
import { apiStage } from '../api-stage.ts';

onEachDatabase((databases) => {
  describe('a job that is run again', () => {
    it('tells what ended the attempt before, which is no failure of its own, and nothing of it once it succeeded', async () => {
      await using s = await apiStage(databases, { offSite: true });
      const place = join(s.folder, 'paris');
      await writeFile(place, 'no folder');
      const { json: asked } = await s.ask('POST', '/repositories/paris/mirrors', { key: s.key });
      const shown = async () => (await s.ask('GET', `/jobs/${asked.id}`, { key: s.key })).json;
      s.platform.jobs.start();
      while ((await s.platform.jobs.get(asked.id))?.failure === undefined)
        await new Promise((resolve) => setTimeout(resolve, 20));
      const waiting = await shown();
      assert.deepEqual([waiting.state, waiting.attempts, waiting.failure], ['queued', 1, undefined]);
      assert.match(waiting.lastFailure.code, /^storage\./);
      await rm(place);
      // It would wait for half a minute.
      const due = { run_at: new Date().toISOString() };
      await s.database.change((t) => t.updateTable('jobs').set(due).where('id', '=', asked.id).execute());
      await s.platform.jobs.finish(asked.id);
      const ended = await shown();
      assert.deepEqual([ended.state, ended.attempts], ['succeeded', 2]);
      assert.deepEqual([ended.failure, ended.lastFailure], [undefined, undefined]);
    });
  });
});
