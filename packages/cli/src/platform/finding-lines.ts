import type { Platform } from '@octobox/server';
import { printable } from '../output/snapshot-table.ts';

const shownFindings = 10;

/**
 * What is wrong with sources that are damaged or suspicious, and how it is settled. For the operator alone: the
 * page does not tell it, because it would tell an intruder what is watched.
 */
export async function findingLines(platform: Platform): Promise<string[]> {
  const open = await platform.monitoring.outages.list({ open: true });
  const lines = await Promise.all(
    open
      .filter(({ kind }) => kind === 'damaged')
      .map(async ({ sourceId, findings }) => {
        const name = printable((await platform.catalog.source(sourceId)).name);
        return [
          '',
          `what is wrong with ${name}:`,
          ...findings.slice(0, shownFindings).map(({ summary }) => `  ${printable(summary)}`),
          ...(findings.length > shownFindings ? [`  and ${findings.length - shownFindings} more`] : []),
          `  next: octobox restore ${name}, or octobox accept ${name} when all of it was meant`,
        ];
      }),
  );
  return lines.flat();
}
