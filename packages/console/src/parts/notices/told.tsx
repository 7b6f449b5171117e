import { Paper, Text } from '@mantine/core';
import { useSyncExternalStore } from 'react';

let shown = '';
let timer: number | undefined;
const listeners = new Set<() => void>();
const show = (text: string): void => {
  shown = text;
  for (const listener of listeners) listener();
};

/** Tells in a sentence that something was done: shown for some seconds, and read out. */
export function tell(text: string): void {
  window.clearTimeout(timer);
  show(text);
  timer = window.setTimeout(() => show(''), 7_000);
}

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

/** Where it is shown; one on the page. */
export function Told() {
  const text = useSyncExternalStore(subscribe, () => shown);
  return (
    <div role="status" className="told">
      {text === '' ? null : (
        <Paper withBorder shadow="md" p="sm">
          <Text size="sm">{text}</Text>
        </Paper>
      )}
    </div>
  );
}
