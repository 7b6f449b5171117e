import { z } from '@hono/zod-openapi';
import type { Places } from '../../access/index.ts';
import { backupRequest } from '../../backup/index.ts';
import { NotFoundError } from '../../platform/index.ts';
import { drillRequest } from '../../recovery/index.ts';
import { reaches } from '../operation.ts';
import type { Operations } from '../operations.ts';
import { cutPage, pageQuery, pageShape, readIdCursor } from '../page.ts';
import { idParam, numberParam, word } from '../shapes/texts.ts';
import { drillShape, drillStates, jobShape, runShape, runStates } from '../shapes/work.ts';
import { beginner } from './begin-job.ts';
import type { ApiRooms } from './rooms.ts';

const manual = 'manual';
const source = word(200).optional().openapi({ description: 'Id or name of a source' });

/** What was done with the sources, and doing it now. */
export function addWork(operations: Operations, rooms: ApiRooms): void {
  const { catalog, runs, recoveries } = rooms;

  /** Undefined: of all sources. Those of removed ones are for who may see everything. */
  const sourcesFor = async (places: Places, named: string | undefined): Promise<string[] | undefined> => {
    if (named !== undefined) return [(await visibleSource(places, named)).id];
    if (places === 'all') return undefined;
    return (await catalog.sources()).filter(({ serviceId }) => places.has(serviceId)).map(({ id }) => id);
  };
  const visibleSource = async (places: Places, named: string) => {
    const found = await catalog.source(named);
    if (!reaches(places, found.serviceId)) throw new NotFoundError(`source "${named}"`);
    return found;
  };
  const isVisible = async (places: Places, sourceId: string): Promise<boolean> =>
    places === 'all' || ((await sourcesFor(places, undefined))?.includes(sourceId) ?? false);

  const filterOf = async <S>(
    list: string,
    {
      places,
      query,
    }: {
      places: Places;
      query: {
        limit: number;
        cursor?: string | undefined;
        source?: string | undefined;
        state?: S | undefined;
      };
    },
  ) => {
    const sourceIds = await sourcesFor(places, query.source);
    const beforeId = readIdCursor(list, query.cursor);
    return {
      limit: query.limit + 1,
      ...(sourceIds === undefined ? {} : { sourceIds }),
      ...(beforeId === undefined ? {} : { beforeId }),
      ...(query.state === undefined ? {} : { state: query.state }),
    };
  };

  operations.add(
    {
      id: 'listRuns',
      method: 'get',
      path: '/runs',
      tag: 'Backups',
      summary: 'Runs: every attempt at a backup, the newest first',
      permission: 'runs.read',
      query: z.strictObject({ ...pageQuery, source, state: z.enum(runStates).optional() }),
      answer: { status: 200, description: 'A page of runs', shape: pageShape(runShape) },
    },
    async (call) => {
      const found = await runs.list(await filterOf('runs', call));
      return { status: 200, body: cutPage('runs', found, call.query.limit, ({ id }) => id) };
    },
  );
  operations.add(
    {
      id: 'getRun',
      method: 'get',
      path: '/runs/{id}',
      tag: 'Backups',
      summary: 'One run',
      permission: 'runs.read',
      params: numberParam,
      answer: { status: 200, description: 'The run', shape: runShape },
    },
    async ({ params: { id }, places }) => {
      const run = await runs.get(id);
      if (run === undefined || !(await isVisible(places, run.sourceId))) throw new NotFoundError(`run ${id}`);
      return { status: 200, body: run };
    },
  );
  operations.add(
    {
      id: 'listDrills',
      method: 'get',
      path: '/drills',
      tag: 'Drills',
      summary: 'Drills: every rehearsed restore, the newest first',
      permission: 'runs.read',
      query: z.strictObject({ ...pageQuery, source, state: z.enum(drillStates).optional() }),
      answer: { status: 200, description: 'A page of drills', shape: pageShape(drillShape) },
    },
    async (call) => {
      const found = await recoveries.drills(await filterOf('drills', call));
      return { status: 200, body: cutPage('drills', found, call.query.limit, ({ id }) => id) };
    },
  );

  const begin = beginner(rooms);

  operations.add(
    {
      id: 'runBackup',
      method: 'post',
      path: '/sources/{id}/backups',
      tag: 'Backups',
      summary: 'Back a source up now',
      description: 'One that is under way already is joined: the answer is its job.',
      permission: 'backups.run',
      params: idParam,
      creates: true,
      answer: { status: 202, description: 'The job; follow it at Location', shape: jobShape },
    },
    async (call) => {
      const { id: sourceId } = await visibleSource(call.places, call.params.id);
      return await begin(call, backupRequest({ sourceId, reason: manual }, 1), `source:${sourceId}`);
    },
  );
  operations.add(
    {
      id: 'runDrill',
      method: 'post',
      path: '/sources/{id}/drills',
      tag: 'Drills',
      summary: 'Rehearse a restore of a source now',
      description: 'Into a scratch place, verified and measured; the live source is not touched.',
      permission: 'drills.run',
      params: idParam,
      creates: true,
      answer: { status: 202, description: 'The job; follow it at Location', shape: jobShape },
    },
    async (call) => {
      const { id: sourceId } = await visibleSource(call.places, call.params.id);
      return await begin(call, drillRequest({ sourceId, reason: manual }, 1), `source:${sourceId}`);
    },
  );
}
