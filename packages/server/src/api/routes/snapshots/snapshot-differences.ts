import { z } from '@hono/zod-openapi';
import type { Places } from '../../../access/index.ts';
import { NotFoundError } from '../../../platform/index.ts';
import type { Operations } from '../../operations.ts';
import { AtATime } from '../../requests/at-a-time.ts';
import { pageQuery, pageShape, readCursor, writeCursor } from '../../requests/page.ts';
import { pathQuery, readPath } from '../../shapes/path-text.ts';
import { differenceShape, presentDifference } from '../../shapes/snapshot-file.ts';
import { idParam, word } from '../../shapes/texts.ts';
import type { ApiRooms } from '../rooms.ts';
import { VisibleSources } from '../visible-sources.ts';
import { inRepository } from './in-repository.ts';
import { requireStored } from './still-stored.ts';

/** The first who looks around waits for the index of the repository. */
const longestMs = 20_000;
const list = 'differences';

const query = z.strictObject({
  limit: pageQuery.limit,
  cursor: z.string().max(12_000).optional().openapi({ description: '`nextCursor` of the page before' }),
  since: word(200).openapi({ description: 'Id of the snapshot to compare with, mostly an earlier one' }),
  path: pathQuery.default('/'),
  metadata: z
    .enum(['true', 'false'])
    .default('false')
    .openapi({ description: 'Tells also where only owner, mode, times or attributes are others' }),
});

/** What is in a snapshot that was not so in another one. */
export function addSnapshotDifferences(
  operations: Operations,
  { catalog, runs, keeper, browser }: ApiRooms,
): void {
  const visible = new VisibleSources(catalog);
  const looks = new AtATime(2, {
    what: 'you compare snapshots 2 times at once already',
    advice: 'Wait for the answers, or stop asking for those that nobody needs any more.',
    retryAfterSeconds: 2,
  });
  const requireVisible = async (id: string, places: Places): Promise<void> => {
    const run = await runs.bySnapshot(id);
    if (run === undefined || !(await visible.includes(places, run.sourceId)))
      throw new NotFoundError(`snapshot "${id}"`);
  };

  operations.add(
    {
      id: 'listSnapshotDifferences',
      method: 'get',
      path: '/snapshots/{id}/differences',
      tag: 'Snapshots',
      summary: 'What became different since another snapshot',
      description:
        'By path, a page at a time. Folders that are the same are not read. A page is what was found within two seconds: it may have few items, or none, and there is more as long as it has a `nextCursor`. Whoever closes the connection ends it.',
      permission: 'snapshots.read',
      params: idParam,
      query,
      answer: { status: 200, description: 'A page of differences', shape: pageShape(differenceShape) },
    },
    async ({
      context,
      caller,
      params: { id },
      places,
      query: { since, path: at, metadata, limit, cursor },
    }) => {
      await requireVisible(id, places);
      await requireVisible(since, places);
      const path = readPath('query.path', at);
      const place = readCursor(list, cursor);
      const signal = AbortSignal.any([context.req.raw.signal, AbortSignal.timeout(longestMs)]);
      const done = looks.begin(caller.user.id);
      try {
        const { entries, next } = await inRepository('of the two', signal, async () => {
          if (place === undefined) for (const each of [since, id]) await requireStored(keeper, each, signal);
          return await browser.differences(
            { before: since, after: id },
            {
              path,
              limit,
              signal,
              metadata: metadata === 'true',
              ...(place === undefined ? {} : { after: Buffer.from(place, 'base64url') }),
            },
          );
        });
        const nextCursor = next === undefined ? null : writeCursor(list, next.toString('base64url'));
        return { status: 200, body: { items: entries.map(presentDifference), nextCursor } };
      } finally {
        done();
      }
    },
  );
}
