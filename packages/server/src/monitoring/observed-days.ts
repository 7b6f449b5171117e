/** Cuts the time from `from` to `to` (ms) at UTC midnights: seconds by day. */
export function secondsByDay(from: number, to: number): Map<string, number> {
  const days = new Map<string, number>();
  const dayMs = 86_400_000;
  for (let start = from; start < to; ) {
    const end = Math.min(to, (Math.floor(start / dayMs) + 1) * dayMs);
    days.set(new Date(start).toISOString().slice(0, 10), (end - start) / 1_000);
    start = end;
  }
  return days;
}
