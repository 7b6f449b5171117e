import { ServerError } from '../platform/index.ts';

/** Somebody accepted a loss that he saw, and what is held is another one. It stays held. */
export class OtherLossError extends ServerError {
  constructor() {
    super(
      'server.plan-outdated',
      'what is missing now is not what was accepted, and so nothing was accepted',
      {
        advice: 'Look at what is held now, and accept that.',
      },
    );
  }
}
