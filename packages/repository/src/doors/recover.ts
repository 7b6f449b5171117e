/** What no snapshot leads to any more. */
export { applyRecover, planRecover, type RecoverPlan } from '../repair/recover.ts';
