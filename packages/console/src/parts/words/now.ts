import { useSyncExternalStore } from 'react';

let now = Date.now();
const told = new Set<() => void>();
let timer: number | undefined;

const subscribe = (tell: () => void): (() => void) => {
  told.add(tell);
  if (timer === undefined) {
    // Nobody looked at a time for a while.
    now = Date.now();
    timer = window.setInterval(() => {
      now = Date.now();
      for (const each of told) each();
    }, 10_000);
  }
  return () => {
    told.delete(tell);
    if (told.size > 0) return;
    window.clearInterval(timer);
    timer = undefined;
  };
};

/** The present, within ten seconds: one clock for all times on a screen. */
export const useNow = (): Date => new Date(useSyncExternalStore(subscribe, () => now));
