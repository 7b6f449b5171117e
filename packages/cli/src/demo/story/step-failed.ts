import { CliError } from '../../errors.ts';

/** A step of the story did not turn out as it must; the story ends there. */
export class StepFailedError extends CliError {
  readonly step: string;
  constructor(step: string, reason: string, options: { cause?: unknown; advice?: string } = {}) {
    super('cli.command-failed', `${step}: ${reason}`, {
      advice: 'Run it again with --keep to find its log in octobox/octobox.log of the folder.',
      ...options,
    });
    this.step = step;
  }
}
