import type { Drill, Run } from '@octobox/server';
import { count, plural } from '../../output/quantities.ts';
import type { Part, ToldPart } from '../telling/fact.ts';
import type { Recovered } from './disaster.ts';
import { parts, type Scene } from './scene.ts';

const sum = (numbers: readonly (number | undefined)[]): number =>
  numbers.reduce<number>((total, number) => total + (number ?? 0), 0);

/** The closing table: what was measured, beside what was promised. */
export async function sumUp(
  { company, sources, teller }: Scene,
  runs: Readonly<Record<Part, readonly Run[]>>,
  drills: Readonly<Record<Part, Drill>>,
  recovered: Recovered,
): Promise<void> {
  const { shop, files } = company;
  const what = {
    database: `${count(shop.rows)} rows in ${shop.tables} tables`,
    files: plural(files.files, 'file'),
  };
  const lost = {
    database: recovered.losses.orders === 0 ? 'nothing' : plural(recovered.losses.orders, 'order'),
    files: recovered.losses.invoices === 0 ? 'nothing' : plural(recovered.losses.invoices, 'invoice'),
  };
  const told = parts.map((part): ToldPart => {
    const drill = drills[part];
    return {
      ...{ part, what: what[part], lost: lost[part], backups: runs[part].length },
      bytesRead: sum(runs[part].map((run) => run.bytesRead)),
      bytesStored: sum(runs[part].map((run) => run.bytesStored)),
      rehearsedSeconds: drill.recoverySeconds ?? 0,
      recoverySeconds: recovered.restores[part].recoverySeconds ?? 0,
      rtoSeconds: drill.rtoSeconds,
      recoveryPointSeconds: (recovered.at.getTime() - recovered.points[part].getTime()) / 1000,
      rpoSeconds: sources[part].rpoSeconds,
    };
  });
  await teller.tell({ type: 'summary', parts: told });
}
