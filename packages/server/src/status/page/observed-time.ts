const units = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const;

/** "12 minutes", "34 days": rounded down, in a unit of which there are two at least. */
export function observedWords(seconds: number): string {
  const fitting = units.find(([, size]) => seconds >= size * 2) ?? (seconds >= 60 ? units[2] : undefined);
  const [unit, size] = fitting ?? ['second', 1];
  const count = Math.floor(seconds / size);
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}
