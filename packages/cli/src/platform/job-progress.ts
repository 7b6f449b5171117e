import type { JobProgress } from '@octobox/server';
import type { OutputFlags } from '../options/global-options.ts';
import { startVerbProgress } from '../output/verb-progress.ts';
import type { Cli } from '../verb.ts';

/** Shows the progress of one of the platform's jobs while it runs. */
export async function withJobProgress<Result>(
  cli: Cli,
  flags: OutputFlags,
  source: string,
  work: (onProgress: (progress: JobProgress) => void) => Promise<Result>,
): Promise<Result> {
  await using progress = startVerbProgress(cli, flags, (state) => ({
    message_type: 'status',
    source,
    step: state.step.slice(source.length + 2),
    done: state.done,
    total: state.total,
    unit: state.unit,
    files: state.files,
    files_total: state.filesTotal,
  }));
  return await work(({ step, done, total, unit, files, filesTotal }) =>
    progress.update({
      step: `${source}: ${step}`,
      done: done ?? 0,
      total,
      unit: unit ?? 'steps',
      files,
      filesTotal,
    }),
  );
}
