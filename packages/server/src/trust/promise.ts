import type { Instant } from '../platform/index.ts';
import type { Evidence } from './evidence.ts';
import type { PromiseKind, PromiseState } from './schema.ts';

/** A sentence of the policy, and whether it is true now. */
export interface KeptPromise {
  readonly kind: PromiseKind;
  /** Absent when the promise is about no service, but about the whole organisation. */
  readonly serviceId?: string;
  /** Absent when the promise is about the whole service. */
  readonly sourceId?: string;
  /** For people: what is promised. */
  readonly sentence: string;
  readonly state: PromiseState;
  /** Since when it has been in this state, as far as it was recorded. */
  readonly since: Instant;
  readonly evidence: Evidence;
}

/** Of what it is: the id of a source or of a service, or `organisation`. */
export const subjectOf = ({ sourceId, serviceId }: Pick<KeptPromise, 'sourceId' | 'serviceId'>): string =>
  sourceId ?? serviceId ?? 'organisation';

export interface PromiseChange {
  readonly at: Instant;
  readonly kind: PromiseKind;
  readonly subjectId: string;
  readonly from?: PromiseState;
  readonly to: PromiseState;
  readonly evidence: Evidence;
}

export type TrustFact = { readonly type: 'promise.changed'; readonly change: PromiseChange };
