/** Nobody touched the page for so long: it asks for nothing more, and the session may end for want of use. */
const absentMs = 15 * 60_000;

let lastTouched = Date.now();
const waking = new Set<() => void>();

const touched = (): void => {
  const wasAbsent = isAbsent();
  lastTouched = Date.now();
  if (wasAbsent) for (const wake of waking) wake();
};
for (const name of ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart'])
  window.addEventListener(name, touched, { passive: true, capture: true });

const isAbsent = (): boolean => Date.now() - lastTouched > absentMs;

/** For `refetchInterval`: asks again so often while somebody is there. A session lives from being used by a person. */
export const every = (ms: number) => (): number | false => (isAbsent() ? false : ms);

/** Called when somebody is back. */
export const onWaking = (wake: () => void): void => {
  waking.add(wake);
};
