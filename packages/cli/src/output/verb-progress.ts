import type { OutputFlags } from '../options/global-options.ts';
import type { Cli } from '../verb.ts';
import { type Progress, type ProgressState, startProgress } from './progress.ts';

/** The progress of a verb in the form that its flags and the kind of output ask for. */
export function startVerbProgress<State extends ProgressState = ProgressState>(
  cli: Cli,
  flags: OutputFlags,
  json?: (state: State, seconds: number) => object,
): Progress<State> {
  const mode = flags.quiet ? 'quiet' : flags.json ? 'json' : 'human';
  return startProgress<State>({
    out: cli.out,
    mode,
    rate: cli.env.progressRate,
    ...(json === undefined ? {} : { json }),
  });
}
