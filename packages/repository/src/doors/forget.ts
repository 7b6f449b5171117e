/** Removing snapshots by rules. */
export { InvalidDurationError } from '../forget/calendar-duration.ts';
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
} from '../forget/forget.ts';
export {
  type ConcernOptions,
  type ForgetConcern,
  type ForgetConcernCode,
  forgetConcerns,
  heldAsVerified,
} from '../forget/forget-concerns.ts';
export * from '../forget/forget-errors.ts';
export { isEmptyPolicy, type KeepCount, type KeepPolicy, type Kept } from '../forget/keep-policy.ts';
