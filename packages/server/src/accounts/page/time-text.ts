/** For people: `2026-11-26 05:30 UTC`. */
export const timeText = (at: string): string => `${at.slice(0, 10)} ${at.slice(11, 16)} UTC`;
