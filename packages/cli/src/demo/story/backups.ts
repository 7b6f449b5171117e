import type { Run } from '@octobox/server';
import type { Part } from '../telling/fact.ts';
import { parts, type Scene, shown } from './scene.ts';
import { StepFailedError } from './step-failed.ts';

async function backUp(scene: Scene, part: Part, round: 1 | 2): Promise<Run> {
  const { platform, sources, teller, signal } = scene;
  const run = await teller.during((update) =>
    platform.runNow.backup(sources[part].id, { onProgress: shown(update, part), signal, reason: 'manual' }),
  );
  if (run.state !== 'succeeded' || run.snapshotId === undefined) {
    throw new StepFailedError(`backup of the ${part}`, run.failure?.message ?? run.state);
  }
  await teller.tell({
    ...{ type: 'backup', round, part, snapshot: run.snapshotId },
    bytesRead: run.bytesRead ?? 0,
    bytesStored: run.bytesStored ?? 0,
    seconds: run.durationSeconds ?? 0,
  });
  return run;
}

/** Backs both parts up twice, and says what the second time cost. */
export async function backUpTwice(scene: Scene): Promise<Record<Part, Run[]>> {
  await scene.teller.tell({
    ...{ type: 'chapter', number: 1, title: 'Backups' },
    sentence:
      'Into a repository encrypted three times, which stock age, rclone and restic can open, while customers order.',
  });
  const runs: Record<Part, Run[]> = { database: [], files: [] };
  for (const round of [1, 2] as const) {
    for (const part of parts) runs[part].push(await backUp(scene, part, round));
  }
  const second = parts.flatMap((part) => runs[part].slice(1));
  await scene.teller.tell({
    type: 'deduplication',
    bytesRead: second.reduce((sum, run) => sum + (run.bytesRead ?? 0), 0),
    bytesStored: second.reduce((sum, run) => sum + (run.bytesStored ?? 0), 0),
  });
  return runs;
}
