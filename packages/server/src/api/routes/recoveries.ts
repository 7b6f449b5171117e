import { z } from '@hono/zod-openapi';
import { NotFoundError } from '../../platform/index.ts';
import type { Operations } from '../operations.ts';
import { cutPage, pageQuery, pageShape } from '../requests/page.ts';
import { drillShape, recoveryStates, restoreShape } from '../shapes/recovery.ts';
import { numberParam, word } from '../shapes/texts.ts';
import type { ApiRooms } from './rooms.ts';
import { VisibleSources } from './visible-sources.ts';

const query = z.strictObject({
  ...pageQuery,
  source: word(200).optional().openapi({ description: 'Id or name of a source' }),
  state: z.enum(recoveryStates).optional(),
});

/** Restores, rehearsed and in earnest: what was measured. */
export function addRecoveries(operations: Operations, { catalog, recoveries }: ApiRooms): void {
  const visible = new VisibleSources(catalog);

  operations.add(
    {
      id: 'listDrills',
      method: 'get',
      path: '/drills',
      tag: 'Drills',
      summary: 'Drills: every rehearsed restore, the newest first',
      permission: 'runs.read',
      query,
      answer: { status: 200, description: 'A page of drills', shape: pageShape(drillShape) },
    },
    async (call) => {
      const found = await recoveries.drills(await visible.filter('drills', call));
      return { status: 200, body: cutPage('drills', found, call.query.limit, ({ id }) => id) };
    },
  );
  operations.add(
    {
      id: 'getDrill',
      method: 'get',
      path: '/drills/{id}',
      tag: 'Drills',
      summary: 'One drill',
      permission: 'runs.read',
      params: numberParam,
      answer: { status: 200, description: 'The drill', shape: drillShape },
    },
    async ({ params: { id }, places }) => {
      const drill = await recoveries.drill(id);
      if (drill === undefined || !(await visible.includes(places, drill.sourceId)))
        throw new NotFoundError(`drill ${id}`);
      return { status: 200, body: drill };
    },
  );
  operations.add(
    {
      id: 'listRestores',
      method: 'get',
      path: '/restores',
      tag: 'Restores',
      summary: 'Restores in place of live sources, the newest first',
      permission: 'runs.read',
      query,
      answer: { status: 200, description: 'A page of restores', shape: pageShape(restoreShape) },
    },
    async (call) => {
      const found = await recoveries.restores(await visible.filter('restores', call));
      return { status: 200, body: cutPage('restores', found, call.query.limit, ({ id }) => id) };
    },
  );
  operations.add(
    {
      id: 'getRestore',
      method: 'get',
      path: '/restores/{id}',
      tag: 'Restores',
      summary: 'One restore, with what was measured and checked',
      permission: 'runs.read',
      params: numberParam,
      answer: { status: 200, description: 'The restore', shape: restoreShape },
    },
    async ({ params: { id }, places }) => {
      const restore = await recoveries.restore(id);
      if (restore === undefined || !(await visible.includes(places, restore.sourceId)))
        throw new NotFoundError(`restore ${id}`);
      return { status: 200, body: restore };
    },
  );
}
