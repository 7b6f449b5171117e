import { z } from '@hono/zod-openapi';
import type { Places } from '../../access/index.ts';
import type { Service, ServiceChanges } from '../../catalog/index.ts';
import { NotFoundError } from '../../platform/index.ts';
import { reaches } from '../operation.ts';
import type { Operations } from '../operations.ts';
import { pageOfAll, pageQuery, pageShape } from '../requests/page.ts';
import { etagOfThing, requireUnchanged } from '../requests/precondition.ts';
import { given } from '../shapes/given.ts';
import { newServiceShape, serviceChangesShape, serviceShape } from '../shapes/service.ts';
import { idParam } from '../shapes/texts.ts';
import type { ApiRooms } from './rooms.ts';

const tag = 'Services';

export function addServices(operations: Operations, { catalog }: ApiRooms): void {
  const found = async (id: string, places: Places): Promise<Service> => {
    const service = await catalog.service(id);
    if (!reaches(places, service.id)) throw new NotFoundError(`service "${id}"`);
    return service;
  };

  operations.add(
    {
      id: 'listServices',
      method: 'get',
      path: '/services',
      tag,
      summary: 'All services, in the order in which they were added',
      permission: 'services.read',
      query: z.strictObject(pageQuery),
      answer: { status: 200, description: 'A page of services', shape: pageShape(serviceShape) },
    },
    async ({ places, query }) => {
      const services = (await catalog.services()).filter(({ id }) => reaches(places, id));
      return { status: 200, body: pageOfAll('services', services, query, keyOf) };
    },
  );
  operations.add(
    {
      id: 'addService',
      method: 'post',
      path: '/services',
      tag,
      summary: 'Add a service',
      description: 'A slug that was removed is that service again, with its history.',
      permission: 'services.change',
      body: newServiceShape,
      creates: true,
      answer: { status: 201, description: 'The service', shape: serviceShape },
    },
    async ({ caller, body, remember, requireStill }) =>
      await catalog.change(
        caller.origin,
        async (change, transaction) => {
          await requireStill(transaction);
          const service = await change.addService(given(body));
          const reply = { status: 201, headers: headersOf(service), body: service } as const;
          await remember(transaction, reply);
          return reply;
        },
        { seals: false },
      ),
  );
  operations.add(
    {
      id: 'getService',
      method: 'get',
      path: '/services/{id}',
      tag,
      summary: 'One service, by id or slug',
      permission: 'services.read',
      params: idParam,
      answer: { status: 200, description: 'The service, and its ETag', shape: serviceShape },
    },
    async ({ params, places }) => ({ status: 200, body: await found(params.id, places) }),
  );
  operations.add(
    {
      id: 'changeService',
      method: 'patch',
      path: '/services/{id}',
      tag,
      summary: 'Change a service',
      description: 'Another criticality changes no objective by itself.',
      permission: 'services.change',
      params: idParam,
      body: serviceChangesShape,
      changesThing: true,
      answer: { status: 200, description: 'The service as it is now', shape: serviceShape },
    },
    async ({ context, caller, params, places, body, requireStill }) => {
      const { id } = await found(params.id, places);
      const service = await catalog.change(
        caller.origin,
        async (change, transaction) => {
          await requireStill(transaction, id);
          requireUnchanged(context, await change.service(id));
          return await change.changeService(id, given(body) as ServiceChanges);
        },
        { seals: false },
      );
      return { status: 200, headers: headersOf(service), body: service };
    },
  );
  operations.add(
    {
      id: 'removeService',
      method: 'delete',
      path: '/services/{id}',
      tag,
      summary: 'End the protection of a service and of its sources',
      description:
        'Needs a fresh proof of who asks, which no key can give. Snapshots, evidence and incidents stay; passwords of its sources are deleted.',
      permission: 'services.remove',
      params: idParam,
      changesThing: true,
      answer: { status: 204, description: 'It is removed' },
    },
    async ({ context, caller, params, places, requireStill }) => {
      const { id } = await found(params.id, places);
      await catalog.change(
        caller.origin,
        async (change, transaction) => {
          await requireStill(transaction, id);
          requireUnchanged(context, await change.service(id));
          await change.removeService(id);
        },
        { seals: false },
      );
      return { status: 204 };
    },
  );
}

const keyOf = ({ createdAt, id }: Service): string => `${createdAt} ${id}`;

const headersOf = (service: Service) => ({
  etag: etagOfThing(service),
  location: `/api/v1/services/${service.id}`,
});
