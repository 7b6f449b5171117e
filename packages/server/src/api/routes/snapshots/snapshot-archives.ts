import { z } from '@hono/zod-openapi';
import type { SnapshotStream } from '../../../backup/index.ts';
import { NotFoundError } from '../../../platform/index.ts';
import { attachment } from '../../answers/attachment.ts';
import { downloadOf } from '../../answers/download.ts';
import type { Operations } from '../../operations.ts';
import { AtATime } from '../../requests/at-a-time.ts';
import { requireOwnPage } from '../../requests/own-page.ts';
import { pathQuery, pathText, readPath, shownName } from '../../shapes/path-text.ts';
import { idParam } from '../../shapes/texts.ts';
import type { ApiRooms } from '../rooms.ts';
import { VisibleSources } from '../visible-sources.ts';
import { inRepository } from './in-repository.ts';
import { requireStored } from './still-stored.ts';

/** The first who looks into a repository waits for its index. */
const longestMs = 20_000;

/** A folder of a snapshot with all that is below it, as one stream. */
export function addSnapshotArchives(operations: Operations, rooms: ApiRooms): void {
  const { catalog, runs, keeper, browser, audit, database, log } = rooms;
  const visible = new VisibleSources(catalog);
  const downloads = new AtATime(2, {
    what: '2 folders are downloaded already',
    advice: 'Wait for one of them. Large ones are restored by `octobox restore`.',
    retryAfterSeconds: 10,
  });

  operations.add(
    {
      id: 'downloadSnapshotFolder',
      method: 'get',
      path: '/snapshots/{id}/archive',
      tag: 'Snapshots',
      summary: 'A folder of a snapshot with all that is below it, as a tar archive',
      description:
        'For whoever may restore. Its length is not known before; each piece is verified, and when something cannot be read the connection breaks off before the end. It is entered in the audit log.',
      permission: 'restores.run',
      params: idParam,
      query: z.strictObject({ path: pathQuery.default('/') }),
      answer: { status: 200, description: 'The archive', shape: z.string(), type: 'application/x-tar' },
    },
    async ({ context, caller, params: { id }, places, query: { path: at } }) => {
      requireOwnPage(context);
      const run = await runs.bySnapshot(id);
      if (run === undefined || !(await visible.includes(places, run.sourceId)))
        throw new NotFoundError(`snapshot "${id}"`);
      const path = readPath('query.path', at);
      const done = downloads.begin(caller.user.id);
      const stop = new AbortController();
      const gone = context.req.raw.signal;
      const reading = AbortSignal.any([gone, stop.signal]);
      const isAsked = context.req.method !== 'HEAD';
      let archive: SnapshotStream | undefined;
      let content: ReadableStream<Uint8Array> | undefined;
      try {
        const opening = AbortSignal.any([gone, AbortSignal.timeout(longestMs)]);
        content = await inRepository(id.slice(0, 8), opening, async () => {
          await requireStored(keeper, id, opening);
          archive = await browser.archive(id, path, { opening, reading });
          if (!isAsked) return undefined;
          return await downloadOf(archive, { context, log, opening, stop, ended: done });
        });
        const headers = {
          'content-type': 'application/x-tar',
          'content-disposition': attachment(`${nameOf(path, id)}.tar`),
          'accept-ranges': 'none',
        };
        if (content === undefined) {
          await archive?.[Symbol.asyncDispose]();
          done();
          return new Response(null, { headers });
        }
        await database.change((transaction) =>
          audit.append(transaction, {
            action: 'snapshot-folder.downloaded',
            origin: caller.origin,
            subject: `source:${run.sourceId}`,
            after: { snapshot: id, path: pathText(path) },
          }),
        );
        return new Response(content, { headers });
      } catch (error) {
        await content?.cancel();
        await archive?.[Symbol.asyncDispose]();
        done();
        throw error;
      }
    },
  );
}

/** Of the folder; of the root there is none. */
function nameOf(path: Buffer, id: string): string {
  const name = path.subarray(path.lastIndexOf('/') + 1);
  return name.length === 0 ? id.slice(0, 8) : shownName(name);
}
