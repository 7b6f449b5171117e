import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { it } from 'node:test';
import { applyForget, backupFiles, planForgetSnapshots } from '@octobox/repository';
import { sourceTag } from './backup/index.ts';
import type { PlatformFact } from './facts.ts';
import { statusPage } from './status/page/status-page.ts';
import { temporaryPlatform } from './testing/temporary-platform.ts';

const none = 'keepHourly: 0, keepDaily: 0, keepWeekly: 0, keepMonthly: 0, keepYearly: 0';

it('retention forgets nothing while snapshots from the future take the places of good ones, and tells so', async () => {
  await using stage = await temporaryPlatform(`retention: { keepLast: 2, ${none} }\n`);
  const { platform, site, source } = stage;
  const facts: Extract<PlatformFact, { type: 'retention.refused' }>[] = [];
  platform.events.on('retention.refused', (fact) => {
    facts.push(fact);
  });
  for (let i = 0; i < 4; i++) {
    await writeFile(join(site, 'page'), `${i}`);
    await platform.runNow.backup(source.id);
  }
  const retain = async () => {
    const { job } = await platform.jobs.enqueue({ kind: 'retention', payload: {}, maxAttempts: 1 });
    const ended = await platform.jobs.finish(job.id);
    assert.equal(ended.state, 'succeeded', JSON.stringify(ended.failure));
    return { lines: await platform.jobs.log(job.id), result: ended.result as Record<string, unknown> };
  };
  const held = async () => (await platform.board.report()).services[0]?.sources[0]?.heldHistory;

  await using repository = Object.assign(await platform.repository.open(), {
    [Symbol.asyncDispose]: () => repository.close(),
  });
  const future: string[] = [];
  for (const days of [40, 41]) {
    const time = new Date(Date.now() + days * 86_400_000);
    const tags = [sourceTag(source.id)];
    const made = await backupFiles(repository, { paths: [site], host: 'web', tags, time });
    future.push(made.snapshot?.id ?? '');
  }
  const { lines, result } = await retain();
  assert.equal(result.forgotten, 0);
  assert.match(lines.map(({ line }) => line).join('\n'), /nothing is forgotten.*dated in the future/);
  assert.equal((await Array.fromAsync(repository.snapshots())).length, 6);
  assert.deepEqual(
    facts.map(({ refusal }) => [refusal.sourceId, refusal.wouldForget, refusal.concerns[0]?.code]),
    [[source.id, 3, 'future-snapshots']],
  );
  const told = await held();
  assert.deepEqual([told?.snapshots, told?.of, told?.reasons[0]?.code], [3, 6, 'future-snapshots']);
  const page = String(await statusPage(await platform.board.report(), 'style.css'));
  assert.match(page, /Nothing was removed: backups that are dated in the future/);
  assert.doesNotMatch(page, /secret-site/);

  const all = await Array.fromAsync(repository.snapshots());
  await applyForget(repository, planForgetSnapshots(all.filter(({ id }) => future.includes(id))));
  assert.equal((await retain()).result.forgotten, 1);
  assert.equal(await held(), undefined);
});
