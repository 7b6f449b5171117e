import { onDemand } from './rhythm.ts';

const units = [
  ['w', 604_800],
  ['d', 86_400],
  ['h', 3_600],
  ['m', 60],
  ['s', 1],
] as const;

/** As a file has it: `1h`, `1h30m`; fractions of a second as a number of seconds. */
export function durationText(seconds: number): string {
  if (!Number.isInteger(seconds)) return String(seconds);
  const single = units.find(([, size]) => seconds >= size && seconds % size === 0);
  if (single !== undefined) return `${seconds / single[1]}${single[0]}`;
  let rest = seconds;
  let text = '';
  for (const [unit, size] of units) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) text += `${count}${unit}`;
  }
  return text;
}

export const rhythmText = (rhythm: string | null): string => rhythm?.replace(/^every /, '') ?? onDemand;

/** Two lists that differ are written differently: what has a space in it stands in quotes. */
export const listText = (list: readonly string[]): string | null =>
  list.length === 0
    ? null
    : list.map((each) => (/^[^\s"]+$/.test(each) ? each : JSON.stringify(each))).join(' ');
