const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;

/** "1.15 GiB", as the promises and the command line spell it. */
export function sizeWords(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1023.5 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  return `${value.toFixed(digits)} ${units[unit]}`;
}

const numbers = new Intl.NumberFormat('en');
/** "12,345" */
export const countWords = (count: number): string => numbers.format(count);

export const snapshotsWords = (count: number): string =>
  `${countWords(count)} ${count === 1 ? 'snapshot' : 'snapshots'}`;

export const filesWords = (count: number): string => `${countWords(count)} ${count === 1 ? 'file' : 'files'}`;
