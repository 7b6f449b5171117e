import { z } from '@hono/zod-openapi';
import type { Operations } from '../../operations.ts';
import { cutPage, pageQuery, pageShape } from '../../requests/page.ts';
import { snapshotShape, takenSnapshotShape } from '../../shapes/snapshot.ts';
import { idParam, word } from '../../shapes/texts.ts';
import type { ApiRooms } from '../rooms.ts';
import { VisibleSources } from '../visible-sources.ts';
import { snapshotSeer, takenSnapshot } from './seen-snapshot.ts';

const tag = 'Snapshots';

/** What can be restored, as far as the platform took it. */
export function addSnapshots(operations: Operations, rooms: ApiRooms): void {
  const { catalog, runs, replaced } = rooms;
  const visible = new VisibleSources(catalog);
  const see = snapshotSeer(rooms);

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
      return {
        status: 200,
        body: { ...page, items: page.items.flatMap((run) => takenSnapshot(run, before)) },
      };
    },
  );
  operations.add(
    {
      id: 'getSnapshot',
      method: 'get',
      path: '/snapshots/{id}',
      tag,
      summary: 'One snapshot, and whether the repository still has it',
      description: 'By any id that it ever had: `id` is the one of now, `tookPlaceOf` tells of the others.',
      permission: 'snapshots.read',
      params: idParam,
      answer: { status: 200, description: 'The snapshot', shape: snapshotShape },
    },
    async ({ params: { id }, places }) => ({ status: 200, body: await see(id, places) }),
  );
}
