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

const secondsSince = (from: Date, to: string): number => (Date.parse(to) - from.getTime()) / 1000;

async function putBack(scene: Scene, part: Part): Promise<Restore> {
  const { platform, sources, teller, signal } = scene;
  const restore = await teller.during((update) =>
    platform.runRestore(sources[part].id, { onProgress: shown(update, part), signal, reason: 'incident' }),
  );
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
  return restore;
}

/** Waits for the first order that goes through again. */
async function reopened({ company, teller, signal }: Scene): Promise<void> {
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

  const restores: Partial<Record<Part, Restore>> = {};
  restores.database = await putBack(scene, 'database');
  await reopened(scene);
  restores.files = await putBack(scene, 'files');
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
  return { at: suffered.at, restores: restores as Record<Part, Restore>, points, losses };
}

function pointOf(restore: Restore | undefined): Date {
  if (restore?.recoveryPointAt === undefined) {
    throw new StepFailedError('restore', 'the platform does not say from which instant the restored data is');
  }
  return new Date(restore.recoveryPointAt);
}

const names = (basis: string | undefined, source: string): boolean => basis?.includes(source) ?? false;
