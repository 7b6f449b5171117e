import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { it } from 'node:test';
import type { JobProgress } from '../platform/index.ts';
import { temporaryPlatform } from '../testing/temporary-platform.ts';

it('a backup and a drill of empty files show how far they are', async () => {
  await using stage = await temporaryPlatform();
  const { platform, site } = stage;
  const { id } = stage.source;
  for (const name of ['one', 'two', 'three']) await writeFile(join(site, name), '');
  const told: JobProgress[] = [];
  const lastOf = (wanted: string): JobProgress | undefined => told.findLast(({ step }) => step === wanted);
  platform.events.on('run.progress', ({ progress }) => told.push(progress));
  platform.events.on('drill.progress', ({ progress }) => told.push(progress));

  assert.equal((await platform.runNow.backup(id)).state, 'succeeded');
  assert.deepEqual(lastOf('storing'), { step: 'storing', done: 0, unit: 'bytes', files: 3 });

  assert.equal((await platform.runNow.drill(id)).state, 'passed');
  assert.deepEqual(lastOf('restoring files'), {
    step: 'restoring files',
    done: 0,
    total: 0,
    unit: 'bytes',
    files: 3,
    filesTotal: 3,
  });
});
