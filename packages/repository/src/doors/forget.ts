/** Removing snapshots by rules. */
export { InvalidDurationError } from '../maintain/calendar-duration.ts';
export {
  type ApplyForgetOptions,
  applyForget,
  type ForgetGroup,
  type ForgetOptions,
  type ForgetPlan,
  type ForgetProgress,
  type ForgetResult,
  planForget,
  planForgetSnapshots,
} from '../maintain/forget.ts';
export {
  type ConcernOptions,
  type ForgetConcern,
  type ForgetConcernCode,
  forgetConcerns,
  heldAsVerified,
} from '../maintain/forget-concerns.ts';
export * from '../maintain/forget-errors.ts';
export { isEmptyPolicy, type KeepCount, type KeepPolicy, type Kept } from '../maintain/keep-policy.ts';
