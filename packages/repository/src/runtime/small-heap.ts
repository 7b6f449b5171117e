/**
 * Keeps memory small while a repository is worked on. What a walk makes is garbage at once; left alone, V8 lets its nursery grow
 * to 64 MB and the old generation to four times what is alive before it looks. Both settings are for the whole
 * process, take effect at run time, and cost a few more of the cheapest collections. And the C library's allocator keeps
 * what was freed between what is not: in a backup 10 to 20 MB, which it gives back in a millisecond when it is asked to.
 * What is left at the end stands until somebody makes enough garbage anew, in a server for minutes: it is collected a
 * little later, so that a process that ends then, or begins with the next work, need not wait for it.
 */
import { setFlagsFromString } from 'node:v8';
import { libc } from '../filesystem/libc.ts';
import { collectGarbage } from './native-garbage.ts';

const SMALL = ['--semi-space-growth-factor=1', '--heap-growing-percent=50', '--no-parallel-scavenge'];
/** V8's defaults. */
const USUAL = ['--semi-space-growth-factor=2', '--heap-growing-percent=0', '--parallel-scavenge'];

/** Milliseconds. */
const TRIM_EVERY = 1000;
/** After the end; each time takes 20 to 60 ms. The second finds what had lived too long for the first, and the pages of both empty. */
const GIVE_BACK_AFTER = [2000, 12_000];

let holders = 0;
let trimming: NodeJS.Timeout | undefined;
let givingBack: readonly NodeJS.Timeout[] = [];

/** The heap stays small until the last holder lets go; soon afterwards the system gets back what it took. */
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
  for (const timer of givingBack) clearTimeout(timer);
  set(SMALL);
  trimming = setInterval(trimHeap, TRIM_EVERY).unref();
}

function end(): void {
  set(USUAL);
  clearInterval(trimming);
  givingBack = GIVE_BACK_AFTER.map((after) => setTimeout(giveBack, after).unref());
}

function giveBack(): void {
  collectGarbage();
  trimHeap();
}

/** For the moment after something that took much. */
export function trimHeap(): void {
  libc()?.trimMemory();
}

function set(flags: readonly string[]): void {
  for (const flag of flags) setFlagsFromString(flag);
}
