import { ServerError } from '../errors.ts';

export class JobCancelledError extends ServerError {
  constructor() {
    super('server.job-cancelled', 'cancelled on request');
  }
}

/** The job did not fail, its worker had to let go of it; it is run again unless it is one that must not be repeated. */
export class JobInterruptedError extends ServerError {
  constructor(reason: string, { repeatable = true }: { readonly repeatable?: boolean | undefined } = {}) {
    super('server.job-interrupted', `interrupted: ${reason}`, {
      advice: repeatable
        ? 'Nothing needs doing: the job is run again.'
        : 'It is not run again by itself, and may be done in part: look at what it works on, and begin it anew.',
    });
  }
}
