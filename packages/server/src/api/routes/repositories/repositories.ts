import { z } from '@hono/zod-openapi';
import { type MirrorRun, mirrorRequest } from '../../../offsite/index.ts';
import { NotFoundError } from '../../../platform/index.ts';
import { repositoryReports } from '../../../status/index.ts';
import type { Operations } from '../../operations.ts';
import { cutPage, pageOfAll, pageQuery, pageShape, readIdCursor } from '../../requests/page.ts';
import { given } from '../../shapes/given.ts';
import { mirrorShape, mirrorStates, repositoryShape } from '../../shapes/repository.ts';
import { numberParam, word } from '../../shapes/texts.ts';
import { jobShape } from '../../shapes/work.ts';
import { beginner } from '../begin-job.ts';
import type { ApiRooms } from '../rooms.ts';

const tag = 'Repositories';

/** Where the backups lie, and bringing the copies elsewhere up to date. */
export function addRepositories(operations: Operations, rooms: ApiRooms): void {
  const { offSite, kits, config } = rooms;
  const begin = beginner(rooms);

  operations.add(
    {
      id: 'listRepositories',
      method: 'get',
      path: '/repositories',
      tag,
      summary: "The platform's repository and those off site: where they are, and how far they are behind",
      permission: 'repositories.read',
      query: z.strictObject(pageQuery),
      answer: {
        status: 200,
        description: 'A page of repositories; the primary one first',
        shape: pageShape(repositoryShape),
      },
    },
    async ({ query }) => {
      const states = await offSite.states();
      const reports = repositoryReports(config.place, states, await kits.current());
      const repositories = reports.map((report) => {
        const lastMirror = states.find(({ settings }) => settings.name === report.name)?.lastEnded;
        return lastMirror === undefined ? report : { ...report, lastMirror: presentMirror(lastMirror) };
      });
      // The primary one has no name, and so is the first.
      return { status: 200, body: pageOfAll('repositories', repositories, query, ({ name = '' }) => name) };
    },
  );
  operations.add(
    {
      id: 'runMirror',
      method: 'post',
      path: '/repositories/{name}/mirrors',
      tag,
      summary: 'Bring an off-site repository up to date now',
      description:
        'One that is under way or waits for its turn is joined: the answer is its job. A loss that is held stays held, and a copy that is gone stays gone: see `getMirrorPlan`.',
      permission: 'mirrors.run',
      params: z.object({ name: word(200) }),
      creates: true,
      answer: { status: 202, description: 'The job; follow it at Location', shape: jobShape },
    },
    async (call) => {
      const { name: repository } = offSite.named(call.params.name);
      await offSite.dropRetries(repository);
      const request = mirrorRequest({ repository, reason: 'manual' });
      return await begin(call, request, `repository:${repository}`);
    },
  );
  operations.add(
    {
      id: 'listMirrors',
      method: 'get',
      path: '/mirrors',
      tag,
      summary: 'Mirror runs: every attempt to bring an off-site repository up to date, the newest first',
      permission: 'repositories.read',
      query: z.strictObject({
        ...pageQuery,
        repository: word(200).optional().openapi({ description: 'Name of an off-site repository' }),
        state: z.enum(mirrorStates).optional(),
      }),
      answer: { status: 200, description: 'A page of mirror runs', shape: pageShape(mirrorShape) },
    },
    async ({ query }) => {
      const beforeId = readIdCursor('mirrors', query.cursor);
      // One that is configured no more still has its runs.
      const found = await offSite.book.runs({
        limit: query.limit + 1,
        ...(query.repository === undefined ? {} : { repository: query.repository }),
        ...(query.state === undefined ? {} : { states: [query.state] }),
        ...(beforeId === undefined ? {} : { beforeId }),
      });
      const page = cutPage('mirrors', found, query.limit, ({ id }) => id);
      return { status: 200, body: { ...page, items: page.items.map(presentMirror) } };
    },
  );
  operations.add(
    {
      id: 'getMirror',
      method: 'get',
      path: '/mirrors/{id}',
      tag,
      summary: 'One mirror run',
      permission: 'repositories.read',
      params: numberParam,
      answer: { status: 200, description: 'The mirror run', shape: mirrorShape },
    },
    async ({ params: { id } }) => {
      const run = await offSite.book.run(id);
      if (run === undefined) throw new NotFoundError(`mirror run ${id}`);
      return { status: 200, body: presentMirror(run) };
    },
  );
}

const presentMirror = ({ loss, ...run }: MirrorRun) => ({ ...run, ...given({ heldReason: loss?.reason }) });
