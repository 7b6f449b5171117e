import { z } from '@hono/zod-openapi';
import type { Places } from '../../../access/index.ts';
import type { ReplacedSnapshot, Run } from '../../../backup/index.ts';
import { describeFailure, NotFoundError } from '../../../platform/index.ts';
import type { Operations } from '../../operations.ts';
import { cutPage, pageQuery, pageShape } from '../../requests/page.ts';
import { given } from '../../shapes/given.ts';
import { snapshotShape, takenSnapshotShape } from '../../shapes/snapshot.ts';
import { idParam, word } from '../../shapes/texts.ts';
import type { ApiRooms } from '../rooms.ts';
import { VisibleSources } from '../visible-sources.ts';

const tag = 'Snapshots';
/** A repository that is far away is tried again and again; nobody waits longer for the answer. */
const longestMs = 10_000;

/** What can be restored, as far as the platform took it. */
export function addSnapshots(
  operations: Operations,
  { catalog, runs, replaced, keeper, log }: ApiRooms,
): void {
  const visible = new VisibleSources(catalog);

  const storedOf = async (id: string): Promise<z.output<typeof snapshotShape>['stored']> => {
    try {
      return (await keeper.hasSnapshot(id, AbortSignal.timeout(longestMs))) ? 'yes' : 'no';
    } catch (error) {
      log.warn({ error: describeFailure(error) }, 'the repository could not be asked for a snapshot');
      return 'unknown';
    }
  };

  /** Where it is to be found that has another id by now. */
  const placeOf = async (id: string, places: Places): Promise<string | undefined> => {
    const now = await replaced.successor(id);
    const run = now === undefined ? undefined : await runs.bySnapshot(now.id);
    if (now === undefined || run === undefined || !(await visible.includes(places, run.sourceId)))
      return undefined;
    return `It was ${now.how}, and is ${now.id} now.`;
  };

  operations.add(
    {
      id: 'listSnapshots',
      method: 'get',
      path: '/snapshots',
      tag,
      summary: 'Snapshots that were taken, the newest first',
      description:
        'Of every run that succeeded, as the platform wrote it down: retention may have removed old ones since. `getSnapshot` asks the repository. What is in one is listed by `listSnapshotFiles`.',
      permission: 'snapshots.read',
      query: z.strictObject({
        ...pageQuery,
        source: word(200).optional().openapi({ description: 'Id or name of a source' }),
      }),
      answer: { status: 200, description: 'A page of snapshots', shape: pageShape(takenSnapshotShape) },
    },
    async (call) => {
      const filter = await visible.filter('snapshots', call);
      const page = cutPage(
        'snapshots',
        await runs.list({ ...filter, state: 'succeeded' }),
        call.query.limit,
        ({ id }) => id,
      );
      const before = await replaced.replacedBy(page.items.flatMap(({ snapshotId = [] }) => snapshotId));
      return { status: 200, body: { ...page, items: page.items.flatMap((run) => snapshotOf(run, before)) } };
    },
  );
  operations.add(
    {
      id: 'getSnapshot',
      method: 'get',
      path: '/snapshots/{id}',
      tag,
      summary: 'One snapshot, and whether the repository still has it',
      permission: 'snapshots.read',
      params: idParam,
      answer: { status: 200, description: 'The snapshot', shape: snapshotShape },
    },
    async ({ params: { id }, places }) => {
      const run = await runs.bySnapshot(id);
      if (run === undefined || !(await visible.includes(places, run.sourceId)))
        throw new NotFoundError(`snapshot "${id}"`, given({ advice: await placeOf(id, places) }));
      const [snapshot] = snapshotOf(run, await replaced.replacedBy([id]));
      return { status: 200, body: { ...snapshot, stored: await storedOf(id) } };
    },
  );
}

/** None of a run that left none. */
function snapshotOf(
  run: Run,
  before: ReadonlyMap<string, ReplacedSnapshot[]>,
): z.output<typeof takenSnapshotShape>[] {
  const { snapshotId, sourceId, id: runId, startedAt, recoveryPointAt, bytesRead, files, suspect } = run;
  if (snapshotId === undefined) return [];
  const known = given({ recoveryPointAt, bytesRead, files, tookPlaceOf: before.get(snapshotId) });
  return [{ id: snapshotId, sourceId, runId, startedAt, ...known, suspect }];
}
