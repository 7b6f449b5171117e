/** Forgetting that looks like a mistake or an attack must be said twice: by a flag, and by the number that goes. */
import type { ForgetConcern, ForgetPlan } from '@octobox/repository';
import { CliError, InterruptedError, UsageError } from '../errors.ts';
import { plural } from '../output/quantities.ts';
import { printable } from '../output/snapshot-table.ts';
import type { Cli } from '../verb.ts';

export interface ConfirmFlags {
  readonly unsafeDespiteConcerns?: boolean;
  readonly confirmRemove?: number;
}

export const concernLines = (concerns: readonly ForgetConcern[]): string[] =>
  concerns.map(({ message }) => `warning: ${printable(message)}`);

export const howToConfirm = (plan: ForgetPlan): string =>
  `If this is meant, say it twice: --unsafe-despite-concerns --confirm-remove ${plan.remove.length}`;

/** @throws CliError when there are concerns and it was not said twice; nothing was removed then */
export async function assertConfirmed(
  cli: Cli,
  plan: ForgetPlan,
  concerns: readonly ForgetConcern[],
  flags: ConfirmFlags,
): Promise<void> {
  if (flags.confirmRemove !== undefined && flags.confirmRemove !== plan.remove.length) {
    throw new UsageError(
      `--confirm-remove says ${flags.confirmRemove}, but ${plural(plan.remove.length, 'snapshot')} would go`,
      { advice: 'Nothing was removed. Look at --dry-run again.' },
    );
  }
  if (concerns.length === 0) return;
  if (flags.unsafeDespiteConcerns) {
    if (flags.confirmRemove !== undefined) return;
    if (cli.interactive && (await typesNumber(cli, plan.remove.length))) return;
  }
  const messages = concerns.map(({ message }) => printable(message));
  throw new CliError('cli.refused', `nothing was removed: ${messages.join('\n')}`, {
    advice: `Look at --dry-run. ${howToConfirm(plan)}`,
  });
}

async function typesNumber(cli: Cli, count: number): Promise<boolean> {
  const { isCancel, text } = await import('@clack/prompts');
  const answer = await text({
    message: `Type how many snapshots shall be removed (${count} would be)`,
    output: process.stderr,
    signal: cli.signal,
  });
  if (isCancel(answer)) throw cli.signal.aborted ? cli.signal.reason : new InterruptedError('SIGINT');
  return answer.trim() === String(count);
}
