import { z } from '@hono/zod-openapi';
import type { NewSource, ProtectedSource, SourceChanges } from '../../catalog/index.ts';
import { NotFoundError } from '../../platform/index.ts';
import { reaches } from '../operation.ts';
import type { Operations } from '../operations.ts';
import { pageOfAll, pageQuery, pageShape } from '../requests/page.ts';
import { etagOfThing, requireUnchanged } from '../requests/precondition.ts';
import { given } from '../shapes/given.ts';
import { newSourceShape, sourceChangesShape, sourceShape } from '../shapes/source.ts';
import { idParam, word } from '../shapes/texts.ts';
import { examineSource } from './examine-source.ts';
import type { ApiRooms } from './rooms.ts';
import { refuseUnusedFields } from './unused-fields.ts';
import { VisibleSources } from './visible-sources.ts';

const tag = 'Sources';

export function addSources(operations: Operations, { catalog, outgoing }: ApiRooms): void {
  const visible = new VisibleSources(catalog);

  /** With the password that is kept, unless another address or password is given. */
  const asItWillBe = async (before: ProtectedSource, changes: SourceChanges) => {
    const { location = before.location, options } = changes;
    const kept = changes.location === undefined ? await catalog.sourcePassword(before) : undefined;
    const password = changes.password ?? kept;
    const { excludes, oneFileSystem, paths } = { ...before.options, ...options };
    return {
      ...{ kind: before.kind, location },
      ...(password === undefined ? {} : { password }),
      options: {
        ...(excludes ? { excludes } : {}),
        ...(oneFileSystem ? { oneFileSystem } : {}),
        ...(paths ? { paths } : {}),
      },
    };
  };

  operations.add(
    {
      id: 'listSources',
      method: 'get',
      path: '/sources',
      tag,
      summary: 'All sources, or those of one service, in the order in which they were added',
      permission: 'sources.read',
      query: z.strictObject({
        ...pageQuery,
        service: word(200).optional().openapi({ description: 'Id or slug' }),
      }),
      answer: { status: 200, description: 'A page of sources', shape: pageShape(sourceShape) },
    },
    async ({ places, query }) => {
      const service = query.service === undefined ? undefined : await catalog.service(query.service);
      if (service !== undefined && !reaches(places, service.id))
        throw new NotFoundError(`service "${query.service}"`);
      const sources = await catalog.sources(service?.id);
      const seen = sources.filter(({ serviceId }) => reaches(places, serviceId));
      return { status: 200, body: pageOfAll('sources', seen, query, keyOf) };
    },
  );
  operations.add(
    {
      id: 'addSource',
      method: 'post',
      path: '/sources',
      tag,
      summary: 'Protect another source of a service',
      description:
        'It is looked at first, for 15 seconds at most. A password goes into the vault and is never sent back.',
      permission: 'sources.change',
      body: newSourceShape,
      creates: true,
      answer: { status: 201, description: 'The source', shape: sourceShape },
    },
    async ({ caller, body, remember, requireStill }) => {
      refuseUnusedFields(body.kind, body, body.options?.scratchServer);
      await examineSource(sourceOf(body), outgoing);
      return await catalog.change(caller.origin, async (change, transaction) => {
        await requireStill(transaction);
        const source = await change.addSource(sourceOf(body));
        const reply = { status: 201, headers: headersOf(source), body: source } as const;
        await remember(transaction, reply);
        return reply;
      });
    },
  );
  operations.add(
    {
      id: 'getSource',
      method: 'get',
      path: '/sources/{id}',
      tag,
      summary: 'One source, by id or name',
      permission: 'sources.read',
      params: idParam,
      answer: { status: 200, description: 'The source, and its ETag', shape: sourceShape },
    },
    async ({ params, places }) => ({ status: 200, body: await visible.named(places, params.id) }),
  );
  operations.add(
    {
      id: 'changeSource',
      method: 'patch',
      path: '/sources/{id}',
      tag,
      summary: 'Change a source',
      description: 'The password of an address goes with it: give it again with another one.',
      permission: 'sources.change',
      params: idParam,
      body: sourceChangesShape,
      changesThing: true,
      answer: { status: 200, description: 'The source as it is now', shape: sourceShape },
    },
    async ({ context, caller, params, places, body, requireStill }) => {
      const before = await visible.named(places, params.id);
      const { id } = before;
      const changes = changesOf(body);
      requireUnchanged(context, before);
      const { scratchServer } = { ...before.options, ...changes.options };
      refuseUnusedFields(before.kind, body, scratchServer);
      if (isReachedAnew(changes)) await examineSource(await asItWillBe(before, changes), outgoing);
      const source = await catalog.change(caller.origin, async (change, transaction) => {
        await requireStill(transaction, before.serviceId);
        requireUnchanged(context, await change.source(id));
        const service =
          changes.serviceId === undefined ? {} : { serviceId: (await change.service(changes.serviceId)).id };
        await change.changeSource(id, { ...changes, ...service });
        return await change.source(id);
      });
      return { status: 200, headers: headersOf(source), body: source };
    },
  );
  operations.add(
    {
      id: 'removeSource',
      method: 'delete',
      path: '/sources/{id}',
      tag,
      summary: 'End the protection of a source',
      description:
        'Needs a fresh proof of who asks, which no key can give. Its snapshots, runs and evidence stay; its passwords are deleted.',
      permission: 'sources.remove',
      params: idParam,
      changesThing: true,
      answer: { status: 204, description: 'It is removed' },
    },
    async ({ context, caller, params, places, requireStill }) => {
      const { id, serviceId } = await visible.named(places, params.id);
      await catalog.change(
        caller.origin,
        async (change, transaction) => {
          await requireStill(transaction, serviceId);
          requireUnchanged(context, await change.source(id));
          await change.removeSource(id);
        },
        { seals: false },
      );
      return { status: 204 };
    },
  );
}

/** What decides whether a source can be reached and read. */
const isReachedAnew = ({ location, options, password }: SourceChanges): boolean =>
  location !== undefined ||
  password !== undefined ||
  options?.paths !== undefined ||
  typeof options?.scratchServer === 'string';

const sourceOf = ({ options, ...fields }: z.output<typeof newSourceShape>): NewSource => ({
  ...given(fields),
  ...(options === undefined ? {} : { options: given(options) }),
});

const changesOf = ({ options, ...fields }: z.output<typeof sourceChangesShape>): SourceChanges => ({
  ...given(fields),
  ...(options === undefined ? {} : { options: given(options) }),
});

const keyOf = ({ createdAt, id }: ProtectedSource): string => `${createdAt} ${id}`;

const headersOf = (source: ProtectedSource) => ({
  etag: etagOfThing(source),
  location: `/api/v1/sources/${source.id}`,
});
