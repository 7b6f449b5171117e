/**
 * Keeps V8's nursery of the main thread small while backups run. What a walk makes is garbage at once; left alone, the
 * nursery grows to 64 MB of it and no collection is any cheaper. Workers have limits of their own.
 */
import { setFlagsFromString } from 'node:v8';

const GROWTH = '--semi-space-growth-factor';
const USUAL = 2;

let holders = 0;

/** The nursery of this process does not grow until the last holder lets go. */
export function holdYoungGeneration(): Disposable {
  if (holders++ === 0) setFlagsFromString(`${GROWTH}=1`);
  let held = true;
  return {
    [Symbol.dispose]() {
      if (held && --holders === 0) setFlagsFromString(`${GROWTH}=${USUAL}`);
      held = false;
    },
  };
}
