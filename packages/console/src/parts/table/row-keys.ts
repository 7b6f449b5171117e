import type { KeyboardEvent } from 'react';

const steps: Readonly<Record<string, (at: number, count: number) => number>> = {
  ArrowDown: (at) => at + 1,
  ArrowUp: (at) => at - 1,
  PageDown: (at) => at + 15,
  PageUp: (at) => at - 15,
  Home: () => 0,
  End: (_, count) => count - 1,
};

/**
 * From row to row (`data-row`, its index) of a list of which those in sight are on the page, by the arrows; the one that is
 * gone to is brought into sight first, and what is `data-name` in it takes the focus. What is chosen by the same keys keeps them.
 */
export function goByKeys(
  event: KeyboardEvent<HTMLElement>,
  count: number,
  scrollTo: (index: number) => void,
): void {
  const step = steps[event.key];
  if (step === undefined || count === 0 || event.target instanceof HTMLSelectElement) return;
  event.preventDefault();
  const { currentTarget } = event;
  const here = Number((event.target as HTMLElement).closest('[data-row]')?.getAttribute('data-row') ?? -1);
  const index = Math.min(count - 1, Math.max(0, step(here, count)));
  scrollTo(index);
  const focus = (tries: number): void => {
    const place = currentTarget.querySelector<HTMLElement>(`[data-row="${index}"] [data-name]`);
    if (place !== null) place.focus({ preventScroll: true });
    else if (tries > 0) requestAnimationFrame(() => focus(tries - 1));
  };
  requestAnimationFrame(() => focus(10));
}
