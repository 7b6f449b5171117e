import type { Restore } from '@octobox/server';
import type { Part } from '../telling/fact.ts';
import { type Losses, settleAccounts } from './accounts.ts';
import { Notice } from './notice.ts';
import { toldChecks } from './rehearsal.ts';
import { parts, type Scene, shown } from './scene.ts';
import { StepFailedError } from './step-failed.ts';

export interface Recovered {
  readonly at: Date;
  readonly restores: Readonly<Record<Part, Restore>>;
  /** The instants of the consistent views that were put back. */
  readonly points: Readonly<Record<Part, Date>>;
  readonly losses: Losses;
}

/** Never negative: a probe may look in the very moment in which the tables go. */
const secondsSince = (from: Date, to: string): number => Math.max(0, Date.parse(to) - from.getTime()) / 1000;

async function putBack(scene: Scene, part: Part): Promise<Restore> {
  const { platform, sources, teller, signal } = scene;
  return await teller.during((update) =>
    platform.runNow.restore(sources[part].id, {
      onProgress: shown(update, part),
      signal,
      reason: 'incident',
    }),
  );
}

async function tellRestored({ teller }: Scene, part: Part, restore: Restore): Promise<void> {
  const passed = restore.state === 'passed';
  await teller.tell({
    ...{ type: 'restored', part, passed, at: restore.finishedAt ?? new Date().toISOString() },
    seconds: restore.recoverySeconds ?? 0,
    checks: toldChecks(restore),
  });
  if (!passed) {
    throw new StepFailedError(
      `restore of the ${part}`,
      restore.failure?.message ?? 'it did not pass its checks',
    );
  }
}

/** Waits for the first order that goes through again. */
async function tellReopened({ company, teller, signal }: Scene): Promise<void> {
  await company.writer.until(
    (state) => state.outSince === undefined && state.lastOutage !== undefined,
    signal,
  );
  const { lastOutage } = company.writer.state;
  await teller.tell({
    ...{ type: 'reopened', at: lastOutage?.endedAt ?? new Date().toISOString() },
    outSeconds: (lastOutage?.milliseconds ?? 0) / 1000,
  });
}

/** The database first, because every minute without it costs orders. */
async function putBothBack(scene: Scene): Promise<Record<Part, Restore>> {
  const database = await putBack(scene, 'database');
  // Orders go through again as soon as the data is in place, while it is still being verified.
  if (database.state === 'passed') await tellReopened(scene);
  await tellRestored(scene, 'database', database);
  const files = await putBack(scene, 'files');
  await tellRestored(scene, 'files', files);
  return { database, files };
}

/**
 * Destroys the shop, waits until Octobox has noticed by itself, has both parts put back, and counts what
 * was lost. Nothing here tells the platform about the disaster.
 */
export async function sufferAndRecover(scene: Scene): Promise<Recovered> {
  const { company, teller, url } = scene;
  await teller.tell({
    ...{ type: 'chapter', number: 3, title: 'Disaster' },
    sentence: 'While customers order, somebody makes the mistake that nobody makes.',
  });
  using notice = new Notice(scene);
  const suffered = await company.suffer();
  const at = suffered.at.toISOString();
  await teller.tell({ type: 'disaster', at, tables: suffered.tables, folders: suffered.folders });

  const found = await notice.outages(parts.map((part) => scene.sources[part].id));
  for (const outage of found.toSorted((a, b) => Date.parse(a.startedAt) - Date.parse(b.startedAt))) {
    await teller.tell({
      ...{ type: 'noticed', at: outage.startedAt, seconds: secondsSince(suffered.at, outage.startedAt) },
      part: outage.sourceId === scene.sources.files.id ? 'files' : 'database',
      findings: outage.findings.map((finding) => finding.summary),
    });
  }
  // The estimate covers everything that must be brought back, so it is told when all of that is known.
  const incident = await notice.incident(
    'the status page did not name an incident for both parts',
    (each) =>
      each.updates.length >= 1 &&
      parts.every((part) => names(each.estimate?.basis, scene.sources[part].name)),
  );
  await teller.tell({
    ...{ type: 'incident', at: incident.updates[0]?.at ?? incident.openedAt, id: String(incident.id) },
    ...{ title: incident.title, url: new URL(`incidents/${incident.id}`, url).href },
    estimateSeconds: incident.estimate?.seconds,
  });

  const restores = await putBothBack(scene);
  const points = { database: pointOf(restores.database), files: pointOf(restores.files) };
  const resolved = await notice.incident(
    'the incident was not closed',
    (each) => each.id === incident.id && each.resolvedAt !== undefined,
  );
  const resolvedAt = resolved.resolvedAt ?? new Date().toISOString();
  await teller.tell({
    ...{ type: 'resolved', at: resolvedAt, id: String(resolved.id) },
    seconds: secondsSince(suffered.at, resolvedAt),
  });
  const losses = await settleAccounts(scene, suffered.at, points);
  return { at: suffered.at, restores, points, losses };
}

function pointOf(restore: Restore): Date {
  if (restore.recoveryPointAt === undefined) {
    throw new StepFailedError('restore', 'the platform does not say from which instant the restored data is');
  }
  return new Date(restore.recoveryPointAt);
}

const names = (basis: string | undefined, source: string): boolean => basis?.includes(source) ?? false;
