import { type Examined, examineSteps, type Step } from '@octobox/server';
import type { OutputFlags } from '../options/global-options.ts';
import { startVerbProgress } from '../output/verb-progress.ts';
import type { Cli } from '../verb.ts';

/** Looks at the sources of a plan, and says at which. */
export async function examineVisibly(
  cli: Cli,
  steps: readonly Step[],
  { catalog, outgoing }: Pick<Examined, 'catalog' | 'outgoing'>,
  flags: OutputFlags,
): Promise<string[]> {
  await using progress = startVerbProgress(cli, flags);
  return await examineSteps(steps, {
    ...{ catalog, outgoing, signal: cli.signal },
    onLook: ({ name, done, total }) =>
      progress.update({ step: `looking at ${name}`, done, total, unit: 'sources' }),
  });
}
