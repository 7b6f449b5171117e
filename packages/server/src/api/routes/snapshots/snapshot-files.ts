import { z } from '@hono/zod-openapi';
import { nameMatcher, type SnapshotFile } from '../../../backup/index.ts';
import { NotFoundError } from '../../../platform/index.ts';
import { attachment } from '../../answers/attachment.ts';
import { downloadOf } from '../../answers/download.ts';
import type { Operations } from '../../operations.ts';
import { AtATime } from '../../requests/at-a-time.ts';
import { requireOwnPage } from '../../requests/own-page.ts';
import { pageQuery, pageShape, readCursor, writeCursor } from '../../requests/page.ts';
import { pathQuery, pathText, readPath, searchQuery, shownName } from '../../shapes/path-text.ts';
import { presentFile, snapshotFileShape } from '../../shapes/snapshot-file.ts';
import { idParam } from '../../shapes/texts.ts';
import type { ApiRooms } from '../rooms.ts';
import { VisibleSources } from '../visible-sources.ts';
import { inRepository } from './in-repository.ts';
import { requireStored } from './still-stored.ts';

const tag = 'Snapshots';
/** The first who looks around waits for the index of the repository. */
const longestMs = 20_000;

const query = z.strictObject({
  limit: pageQuery.limit,
  /** A place in a snapshot is longer than a number. */
  cursor: z.string().max(12_000).optional().openapi({ description: '`nextCursor` of the page before' }),
  path: pathQuery.default('/'),
  search: searchQuery.optional(),
});

/** What is in a snapshot: its folders a page at a time, names that are looked for, and one file as it was. */
export function addSnapshotFiles(operations: Operations, rooms: ApiRooms): void {
  const { catalog, runs, keeper, browser, audit, database, log } = rooms;
  const visible = new VisibleSources(catalog);
  const looks = new AtATime(4, {
    what: 'you look into 4 folders of snapshots at a time already',
    advice: 'Wait for the answers, or stop asking for those that nobody needs any more.',
    retryAfterSeconds: 2,
  });
  const downloads = new AtATime(4, {
    what: '4 files are downloaded already',
    advice: 'Wait for one of them. A folder is one archive: `downloadSnapshotFolder`.',
    retryAfterSeconds: 10,
  });

  const found = async (id: string, places: Parameters<VisibleSources['includes']>[0]) => {
    const run = await runs.bySnapshot(id);
    if (run === undefined || !(await visible.includes(places, run.sourceId)))
      throw new NotFoundError(`snapshot "${id}"`);
    return run;
  };

  operations.add(
    {
      id: 'listSnapshotFiles',
      method: 'get',
      path: '/snapshots/{id}/files',
      tag,
      summary: 'What is in a folder of a snapshot, or what below it has a certain name',
      description:
        'By name, a page at a time, whatever the size of the folder. A search looks for two seconds and shows then what it found: a page may have few items, or none, and there is more as long as it has a `nextCursor`. Whoever closes the connection ends it.',
      permission: 'snapshots.read',
      params: idParam,
      query,
      answer: { status: 200, description: 'A page of entries', shape: pageShape(snapshotFileShape) },
    },
    async ({ context, caller, params: { id }, places, query: { path: at, search, limit, cursor } }) => {
      await found(id, places);
      const path = readPath('query.path', at);
      const signal = AbortSignal.any([context.req.raw.signal, AbortSignal.timeout(longestMs)]);
      const after = readPlace(cursor);
      const options = { path, limit, signal, ...(after === undefined ? {} : { after }) };
      const done = looks.begin(caller.user.id);
      try {
        const { entries, next } = await inRepository(id.slice(0, 8), signal, async () => {
          // A list that was begun goes on: nothing that it shows is gone yet.
          if (after === undefined) await requireStored(keeper, id, signal);
          return search === undefined
            ? await browser.folder(id, options)
            : await browser.search(id, { ...options, matches: nameMatcher(search) });
        });
        const nextCursor = next === undefined ? null : writeCursor('files', next.toString('base64url'));
        return { status: 200, body: { items: entries.map(presentFile), nextCursor } };
      } finally {
        done();
      }
    },
  );
  operations.add(
    {
      id: 'downloadSnapshotFile',
      method: 'get',
      path: '/snapshots/{id}/download',
      tag,
      summary: 'One file of a snapshot, as it was',
      description:
        'For whoever may restore. Each piece is verified; when something cannot be read the connection breaks off before all of the announced length has come. It is entered in the audit log.',
      permission: 'restores.run',
      params: idParam,
      query: z.strictObject({ path: pathQuery }),
      answer: {
        status: 200,
        description: 'The bytes of the file',
        shape: z.string(),
        type: 'application/octet-stream',
      },
    },
    async ({ context, caller, params: { id }, places, query: { path: at } }) => {
      requireOwnPage(context);
      const run = await found(id, places);
      const path = readPath('query.path', at);
      const done = downloads.begin(caller.user.id);
      const stop = new AbortController();
      const gone = context.req.raw.signal;
      const reading = AbortSignal.any([gone, stop.signal]);
      const isAsked = context.req.method !== 'HEAD';
      let file: SnapshotFile | undefined;
      let content: ReadableStream<Uint8Array> | undefined;
      try {
        const opening = AbortSignal.any([gone, AbortSignal.timeout(longestMs)]);
        const { node } = await inRepository(id.slice(0, 8), opening, async () => {
          await requireStored(keeper, id, opening);
          file = await browser.file(id, path, { opening, reading });
          const size = Number(file.node.size);
          if (isAsked) content = await downloadOf(file, { context, log, opening, stop, ended: done, size });
          return file;
        });
        const headers = {
          'content-type': 'application/octet-stream',
          'content-disposition': attachment(shownName(node.name)),
          'content-length': String(node.size),
          'accept-ranges': 'none',
        };
        if (content === undefined) {
          await file?.[Symbol.asyncDispose]();
          done();
          return new Response(null, { headers });
        }
        await database.change((transaction) =>
          audit.append(transaction, {
            action: 'snapshot-file.downloaded',
            origin: caller.origin,
            subject: `source:${run.sourceId}`,
            after: { snapshot: id, path: pathText(path), bytes: Number(node.size) },
          }),
        );
        return new Response(content, { headers });
      } catch (error) {
        await content?.cancel();
        await file?.[Symbol.asyncDispose]();
        done();
        throw error;
      }
    },
  );
}

function readPlace(cursor: string | undefined): Buffer | undefined {
  const place = readCursor('files', cursor);
  return place === undefined ? undefined : Buffer.from(place, 'base64url');
}
