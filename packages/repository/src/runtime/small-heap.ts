/**
 * Keeps V8's heap small while a repository is worked on. What a walk makes is garbage at once; left alone, V8 lets its nursery grow
 * to 64 MB and the old generation to four times what is alive before it looks. Both settings are for the whole
 * process, take effect at run time, and cost a few more of the cheapest collections.
 */
import { setFlagsFromString } from 'node:v8';

const SMALL = ['--semi-space-growth-factor=1', '--heap-growing-percent=50', '--no-parallel-scavenge'];
/** V8's defaults. */
const USUAL = ['--semi-space-growth-factor=2', '--heap-growing-percent=0', '--parallel-scavenge'];

let holders = 0;

/** The heap stays small until the last holder lets go. */
export function holdHeapSmall(): Disposable {
  if (holders++ === 0) set(SMALL);
  let held = true;
  return {
    [Symbol.dispose]() {
      if (held && --holders === 0) set(USUAL);
      held = false;
    },
  };
}

function set(flags: readonly string[]): void {
  for (const flag of flags) setFlagsFromString(flag);
}
