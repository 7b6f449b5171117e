import { Modal, type ModalProps } from '@mantine/core';
import { useEffect } from 'react';

/** What had the focus when a dialogue opened, the first one first; one may open over another, or in its place. */
const origins: HTMLElement[] = [];
let open = 0;

/**
 * A dialogue that gives the focus back to where it came from, also one that is gone at once with all that is around it, of
 * which Mantine forgets that.
 */
export function Dialog(props: ModalProps) {
  const { opened } = props;
  useEffect(() => {
    if (!opened) return;
    open++;
    const { activeElement } = document;
    const kept = origins.filter(({ isConnected }) => isConnected);
    origins.splice(0, origins.length, ...kept);
    if (activeElement instanceof HTMLElement && activeElement !== document.body) origins.push(activeElement);
    return () => {
      const left = --open;
      // By then it is known whether another one opened in its place, and takes the focus.
      setTimeout(() => open <= left && giveBack());
    };
  }, [opened]);
  return <Modal {...props} returnFocus={false} transitionProps={{ duration: 0 }} />;
}

/** Unless it is on another screen already. */
function giveBack(): void {
  if (document.activeElement !== null && document.activeElement !== document.body) return;
  for (let origin = origins.pop(); origin !== undefined; origin = origins.pop()) {
    if (!origin.isConnected) continue;
    origin.focus({ preventScroll: true });
    return;
  }
}
