import type { z } from '@hono/zod-openapi';
import type { Places } from '../../../access/index.ts';
import type { ReplacedSnapshot, Run } from '../../../backup/index.ts';
import { describeFailure, NotFoundError } from '../../../platform/index.ts';
import { given } from '../../shapes/given.ts';
import type { snapshotShape, takenSnapshotShape } from '../../shapes/snapshot.ts';
import type { ApiRooms } from '../rooms.ts';
import { VisibleSources } from '../visible-sources.ts';

export type SeenSnapshot = z.output<typeof snapshotShape>;

/** A repository that is far away is tried again and again; nobody waits longer for the answer. */
const longestMs = 10_000;

/** One snapshot as it is answered, for who looks at it and for who changes it. */
export function snapshotSeer({ catalog, runs, replaced, keeper, log }: ApiRooms) {
  const visible = new VisibleSources(catalog);

  /** What the repository says of it. */
  const lookedAt = async (id: string): Promise<Pick<SeenSnapshot, 'stored' | 'tags'>> => {
    const signal = AbortSignal.timeout(longestMs);
    const quietly = (error: unknown): undefined => {
      log.warn({ error: describeFailure(error) }, 'the repository could not be asked for a snapshot');
    };
    const isThere = await keeper.hasSnapshot(id, signal).catch(quietly);
    if (isThere !== true) return { stored: isThere === false ? 'no' : 'unknown' };
    const tags = await tagsOf(id, signal).catch(quietly);
    return { stored: 'yes', ...given({ tags }) };
  };

  const tagsOf = async (id: string, signal: AbortSignal): Promise<string[]> => {
    const repository = await keeper.open(signal);
    try {
      return [...(await repository.snapshot(id, {}, { signal })).tags];
    } finally {
      await repository.close();
    }
  };

  const idNow = async (id: string): Promise<string> =>
    (isWholeId(id) ? (await replaced.successor(id))?.id : undefined) ?? id;

  /**
   * By any id that it ever had.
   * @throws NotFoundError of one that no run left, or in a service that is not seen
   */
  return async (asked: string, places: Places): Promise<SeenSnapshot> => {
    const id = await idNow(asked);
    const run = await runs.bySnapshot(id);
    const [snapshot] =
      run !== undefined && (await visible.includes(places, run.sourceId))
        ? takenSnapshot(run, await replaced.replacedBy([id]))
        : [];
    if (snapshot === undefined) throw new NotFoundError(`snapshot "${asked}"`);
    return { ...snapshot, ...(await lookedAt(id)) };
  };
}

const isWholeId = (id: string): boolean => /^[0-9a-f]{64}$/.test(id);

/** None of a run that left none. */
export function takenSnapshot(
  run: Run,
  before: ReadonlyMap<string, ReplacedSnapshot[]>,
): z.output<typeof takenSnapshotShape>[] {
  const { snapshotId, sourceId, id: runId, startedAt, recoveryPointAt, bytesRead, files, suspect } = run;
  if (snapshotId === undefined) return [];
  const known = given({ recoveryPointAt, bytesRead, files, tookPlaceOf: before.get(snapshotId) });
  return [{ id: snapshotId, sourceId, runId, startedAt, ...known, suspect }];
}
