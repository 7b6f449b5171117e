/**
 * Keeps memory small while a repository is worked on. What a walk makes is garbage at once; left alone, V8 lets its nursery grow
 * to 64 MB and the old generation to four times what is alive before it looks. Both settings are for the whole
 * process, take effect at run time, and cost a few more of the cheapest collections. And the C library's allocator keeps
 * what was freed between what is not: in a backup 10 to 20 MB, which it gives back in a millisecond when it is asked to.
 */
import { setFlagsFromString } from 'node:v8';
import { libc } from '../filesystem/libc.ts';

const SMALL = ['--semi-space-growth-factor=1', '--heap-growing-percent=50', '--no-parallel-scavenge'];
/** V8's defaults. */
const USUAL = ['--semi-space-growth-factor=2', '--heap-growing-percent=0', '--parallel-scavenge'];

/** Milliseconds. */
const TRIM_EVERY = 1000;

let holders = 0;
let trimming: NodeJS.Timeout | undefined;

/** The heap stays small until the last holder lets go. */
export function holdHeapSmall(): Disposable {
  if (holders++ === 0) begin();
  let held = true;
  return {
    [Symbol.dispose]() {
      if (held && --holders === 0) end();
      held = false;
    },
  };
}

function begin(): void {
  set(SMALL);
  trimming = setInterval(trimHeap, TRIM_EVERY).unref();
}

function end(): void {
  set(USUAL);
  clearInterval(trimming);
}

/** For the moment after something that took much. */
export function trimHeap(): void {
  libc()?.trimMemory();
}

function set(flags: readonly string[]): void {
  for (const flag of flags) setFlagsFromString(flag);
}
