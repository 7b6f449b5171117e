import assert from 'node:assert/strict';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { it } from 'node:test';
import { temporaryPlatform } from '../../testing/temporary-platform.ts';

it('one damaged snapshot file keeps nobody from backing up, rehearsing and restoring the others', async () => {
  await using stage = await temporaryPlatform();
  const { platform, config, site } = stage;
  const { id } = stage.source;
  await writeFile(join(site, 'page'), 'one');
  const bad = (await platform.runNow.backup(id)).snapshotId ?? '';
  const good = (await platform.runNow.backup(id)).snapshotId ?? '';
  const path = join(config.repository.location, 'snapshots', `${bad}.bin.age`);
  const bytes = await readFile(path);
  bytes[20] = (bytes[20] ?? 0) ^ 1;
  await chmod(path, 0o600);
  await writeFile(path, bytes);

  const backup = await platform.runNow.backup(id);
  assert.equal(backup.state, 'succeeded', JSON.stringify(backup.failure));
  assert.ok(
    backup.warnings.some((line) => line.includes(`snapshots/${bad} is damaged`)),
    JSON.stringify(backup.warnings),
  );
  const drill = await platform.runNow.drill(id, { snapshot: good });
  assert.equal(drill.state, 'passed', JSON.stringify(drill.failure));
  await writeFile(join(site, 'page'), 'two');
  const restore = await platform.runNow.restore(id, { snapshot: good.slice(0, 12) });
  assert.equal(restore.state, 'passed', JSON.stringify(restore.failure));
  assert.equal(await readFile(join(site, 'page'), 'utf8'), 'one');

  // What to forget cannot be judged while one snapshot is unknown.
  const { job } = await platform.jobs.enqueue({ kind: 'retention', payload: {}, maxAttempts: 1 });
  const ended = await platform.jobs.finish(job.id);
  assert.equal(ended.state, 'failed');
  assert.match(ended.failure?.message ?? '', new RegExp(`snapshots/${bad} is damaged`));
});
