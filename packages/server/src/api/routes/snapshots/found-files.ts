import { z } from '@hono/zod-openapi';
import { type FindPlace, nameMatcher, type Run, SnapshotFinder } from '../../../backup/index.ts';
import { ApiError } from '../../answers/problem.ts';
import type { Operations } from '../../operations.ts';
import { AtATime } from '../../requests/at-a-time.ts';
import { pageShape, readCursor, writeCursor } from '../../requests/page.ts';
import { given } from '../../shapes/given.ts';
import { pathQuery, readPath, searchQuery } from '../../shapes/path-text.ts';
import { foundFileShape, presentFile } from '../../shapes/snapshot-file.ts';
import { dayText, idParam, instantText, numberText } from '../../shapes/texts.ts';
import type { ApiRooms } from '../rooms.ts';
import { VisibleSources } from '../visible-sources.ts';
import { inRepository } from './in-repository.ts';

/** The first who looks around waits for the index of the repository. */
const longestMs = 20_000;
const list = 'found-files';

/** One file may be in each of hundreds of snapshots. */
const longestPage = 1_000;

const query = z.strictObject({
  limit: numberText(1, longestPage).default(50).openapi({ description: 'Items on a page' }),
  cursor: z.string().max(12_000).optional().openapi({ description: '`nextCursor` of the page before' }),
  path: pathQuery.default('/'),
  search: searchQuery,
  from: dayText.optional().openapi({ description: 'Only snapshots of this day (UTC) or later' }),
  to: dayText.optional().openapi({ description: 'Only snapshots of this day (UTC) or earlier' }),
});

const shape = pageShape(foundFileShape).extend({
  searched: z
    .strictObject({
      snapshots: z.int().min(0).openapi({
        description:
          'So many were looked through to their end for this page; one that goes on counts on the next',
      }),
      upTo: instantText.optional().openapi({ description: '`takenAt` of the newest of them' }),
      backTo: instantText.optional().openapi({ description: '`takenAt` of the oldest of them' }),
      of: z
        .int()
        .min(0)
        .optional()
        .openapi({ description: 'On the first page: so many there are to look through' }),
    })
    .openapi({ description: 'What the answer rests on, found or not' }),
  unreadable: z
    .array(z.strictObject({ snapshotId: z.string(), takenAt: instantText }))
    .optional()
    .openapi({
      description:
        'Snapshots that are damaged and were not looked through to their end; what is found here is not all then',
    }),
});

/** In which snapshots a file is, and how it was in each. */
export function addFoundFiles(operations: Operations, { catalog, runs, browser }: ApiRooms): void {
  const visible = new VisibleSources(catalog);
  const finder = new SnapshotFinder({ runs, browser });
  const looks = new AtATime(2, {
    what: 'you search 2 times at once already',
    advice: 'Wait for the answers, or stop asking for those that nobody needs any more.',
    retryAfterSeconds: 2,
  });

  operations.add(
    {
      id: 'findSnapshotFiles',
      method: 'get',
      path: '/sources/{id}/found-files',
      tag: 'Snapshots',
      summary: 'What has a certain name in any snapshot of a source, with its size and time there',
      description:
        'The newest snapshot first, in each by path; once for each snapshot that has it. A page is what was found within a few seconds: it may have few items, or none, and there is more as long as it has a `nextCursor`. Whoever closes the connection ends it.',
      permission: 'snapshots.read',
      params: idParam,
      query,
      answer: { status: 200, description: 'A page of entries', shape },
    },
    async ({
      context,
      caller,
      params: { id },
      places,
      query: { path: at, search, limit, cursor, from: first, to: last },
    }) => {
      const { id: sourceId } = await visible.named(places, id);
      const folder = readPath('query.path', at);
      const from = readPlace(cursor);
      const period = given({
        since: first === undefined ? undefined : `${first}T00:00:00.000Z`,
        until: last === undefined ? undefined : `${last}T23:59:59.999Z`,
      });
      const signal = AbortSignal.any([context.req.raw.signal, AbortSignal.timeout(longestMs)]);
      const done = looks.begin(caller.user.id);
      try {
        const { found, next, searched, unreadable, snapshots } = await inRepository(
          'of the source',
          signal,
          () =>
            finder.find({ sourceId, folder, matches: nameMatcher(search), limit, from, ...period, signal }),
        );
        const items = found.map(({ run, ...entry }) => ({ ...presentRun(run), ...presentFile(entry) }));
        return {
          status: 200,
          body: {
            items,
            nextCursor: next === undefined ? null : written(next),
            searched: {
              snapshots: searched.length,
              ...given({ upTo: searched[0]?.startedAt, backTo: searched.at(-1)?.startedAt, of: snapshots }),
            },
            ...(unreadable.length === 0 ? {} : { unreadable: unreadable.map(presentRun) }),
          },
        };
      } finally {
        done();
      }
    },
  );
}

const presentRun = ({ snapshotId = '', startedAt }: Run) => ({ snapshotId, takenAt: startedAt });

const written = ({ runId, after }: FindPlace): string =>
  writeCursor(list, after === undefined ? `${runId}` : `${runId}:${after.toString('base64url')}`);

function readPlace(cursor: string | undefined): FindPlace | undefined {
  const key = readCursor(list, cursor);
  if (key === undefined) return undefined;
  const [, run = '', place] = /^(\d{1,15})(?::([\w-]+))?$/.exec(key) ?? [];
  if (run === '')
    throw new ApiError('api.invalid', 'this is no cursor of this list', {
      fields: [{ field: 'query.cursor', detail: 'this is no cursor of this list' }],
    });
  return {
    runId: Number(run),
    ...(place === undefined ? {} : { after: Buffer.from(place, 'base64url') }),
  };
}
