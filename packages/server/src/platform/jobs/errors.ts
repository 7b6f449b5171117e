import { ServerError } from '../errors.ts';

export class JobCancelledError extends ServerError {
  constructor() {
    super('server.job-cancelled', 'cancelled on request');
  }
}

/** The job did not fail, its worker had to let go of it; it is run again. */
export class JobInterruptedError extends ServerError {
  constructor(reason: string) {
    super('server.job-interrupted', `interrupted: ${reason}`, {
      advice: 'Nothing needs doing: the job is run again.',
    });
  }
}
