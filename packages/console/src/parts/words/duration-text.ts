const lengths: Readonly<Record<string, number>> = { s: 1, m: 60, min: 60, h: 3_600, d: 86_400, w: 604_800 };

/** "1h 30m" in seconds; undefined when it is no duration. */
export function readDuration(text: string): number | undefined {
  const parts = [...text.trim().matchAll(/(\d+(?:\.\d+)?)\s*(min|[smhdw])\s*/gy)];
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== text.trim()) return undefined;
  return parts.reduce((sum, [, count = '', unit = '']) => sum + Number(count) * (lengths[unit] ?? 0), 0);
}

/** The same the other way round: "1h 30m". */
export function writeDuration(seconds: number): string {
  let rest = Math.round(seconds);
  const parts = ['d', 'h', 'm', 's'].map((unit) => {
    const length = lengths[unit] ?? 1;
    const count = Math.floor(rest / length);
    rest -= count * length;
    return count === 0 ? '' : `${count}${unit}`;
  });
  return parts.filter((part) => part !== '').join(' ') || '0s';
}
