import { z } from '@hono/zod-openapi';
import { backupRequest } from '../../backup/index.ts';
import { NotFoundError } from '../../platform/index.ts';
import { drillRequest } from '../../recovery/index.ts';
import type { Operations } from '../operations.ts';
import { cutPage, pageQuery, pageShape } from '../requests/page.ts';
import { idParam, numberParam, word } from '../shapes/texts.ts';
import { jobShape, runShape, runStates } from '../shapes/work.ts';
import { beginner } from './begin-job.ts';
import type { ApiRooms } from './rooms.ts';
import { VisibleSources } from './visible-sources.ts';

const manual = 'manual';
const source = word(200).optional().openapi({ description: 'Id or name of a source' });

/** Backups of the sources, and work that is done with them now. */
export function addWork(operations: Operations, rooms: ApiRooms): void {
  const { catalog, runs } = rooms;
  const begin = beginner(rooms);
  const visible = new VisibleSources(catalog);

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
      const found = await runs.list(await visible.filter('runs', call));
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
      if (run === undefined || !(await visible.includes(places, run.sourceId)))
        throw new NotFoundError(`run ${id}`);
      return { status: 200, body: run };
    },
  );
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
      const { id: sourceId, serviceId } = await visible.named(call.places, call.params.id);
      const request = backupRequest({ sourceId, reason: manual }, 1);
      return await begin(call, request, `source:${sourceId}`, serviceId);
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
      const { id: sourceId, serviceId } = await visible.named(call.places, call.params.id);
      const request = drillRequest({ sourceId, reason: manual }, 1);
      return await begin(call, request, `source:${sourceId}`, serviceId);
    },
  );
}
