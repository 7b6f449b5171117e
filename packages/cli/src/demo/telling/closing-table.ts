import { formatBytes } from '@octobox/server';
import { duration } from '../../output/quantities.ts';
import { table } from '../../output/table.ts';
import type { ToldPart } from './fact.ts';
import type { Look } from './palette.ts';
import { share } from './wording.ts';

interface Row {
  readonly label: string;
  readonly cells: readonly string[];
}

const verdict = (measured: number, target: number): string =>
  `${measured <= target ? '✔' : '✘'} ${duration(measured)} (target ${duration(target)})`;

/** One column a part, so that the table fits a narrow terminal; the verdicts are signs and not only colours. */
export function closingTable(parts: readonly ToldPart[], { palette }: Look): string[] {
  const row = (label: string, cell: (part: ToldPart) => string): Row => ({ label, cells: parts.map(cell) });
  const rows: Row[] = [
    row('protected', (part) => part.what),
    row('backed up', (part) => `${formatBytes(part.bytesRead)} in ${part.backups} backups`),
    row('stored', (part) => {
      const saved = share(Math.max(0, part.bytesRead - part.bytesStored), part.bytesRead);
      return `${formatBytes(part.bytesStored)} (${saved} saved)`;
    }),
    row('rehearsed', (part) => verdict(part.rehearsedSeconds, part.rtoSeconds)),
    row('recovery time', (part) => verdict(part.recoverySeconds, part.rtoSeconds)),
    row('recovery point', (part) => verdict(part.recoveryPointSeconds, part.rpoSeconds)),
    row('lost', (part) => part.lost),
  ];
  const lines = table<Row>(
    [
      { title: '', cell: (each) => each.label },
      ...parts.map((part, index) => ({ title: part.part, cell: (each: Row) => each.cells[index] ?? '' })),
    ],
    rows,
  );
  return lines.map((line) => {
    const painted = line.replaceAll('✔', palette.good('✔')).replaceAll('✘', palette.bad('✘'));
    return `  ${/^-+$/.test(line) ? palette.faint(painted) : painted}`;
  });
}
