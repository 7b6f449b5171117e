import type { Instant } from '../platform/index.ts';
import type { PromiseState } from '../trust/schema.ts';
import type { KitTrouble } from './judge-kit.ts';

/** The recovery kits of one repository of the platform. */
export interface SeenKit {
  /** Its name in the configuration; absent of the primary one. */
  readonly repository?: string;
  readonly state: PromiseState;
  readonly trouble?: KitTrouble;
  readonly madeAt?: Instant;
  readonly verifiedAt?: Instant;
}
