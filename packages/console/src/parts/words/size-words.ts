const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;

/** "1.4 GiB" */
export function sizeWords(bytes: number): string {
  const power = bytes <= 0 ? 0 : Math.min(Math.floor(Math.log2(bytes) / 10), units.length - 1);
  const value = bytes / 1024 ** power;
  const digits = power === 0 || value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return `${value.toFixed(digits)} ${units[power]}`;
}

const numbers = new Intl.NumberFormat('en');
/** "12,345" */
export const countWords = (count: number): string => numbers.format(count);
