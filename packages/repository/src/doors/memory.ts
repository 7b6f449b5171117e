/** For whoever works on a repository beyond a single call of the engine. */
export { holdHeapSmall } from '../runtime/small-heap.ts';
