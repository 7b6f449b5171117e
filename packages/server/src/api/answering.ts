import type { Permission } from '../access/index.ts';

/** The API to others: it answers requests, and knows what its operations ask. */
export interface Answering {
  fetch(request: Request, env: unknown): Response | Promise<Response>;
  /** Each permission that some operation asks. */
  permissions(): readonly Permission[] | Promise<readonly Permission[]>;
}
