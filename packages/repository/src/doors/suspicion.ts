/** Signs of an attack on the source. */
export type { Sign, SignCode } from '../suspicion/judge-change.ts';
export { heldBySuspicion, isSuspicious, SUSPICIOUS_TAG } from '../suspicion/suspicious-tag.ts';
