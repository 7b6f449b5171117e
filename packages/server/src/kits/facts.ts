import type { PromiseState } from '../trust/schema.ts';
import type { SeenKit } from './seen-kit.ts';

/** The recovery kits of a repository were found in another state, or looked at for the first time. */
export type KitFact = {
  readonly type: 'kit.changed';
  readonly kit: SeenKit;
  readonly from: PromiseState | undefined;
};
