import { z } from '@hono/zod-openapi';
import type { Places } from '../../access/index.ts';
import { NotFoundError } from '../../platform/index.ts';
import { type Incident, withoutBasis } from '../../status/index.ts';
import { plainSentence } from '../../trust/index.ts';
import { reaches } from '../operation.ts';
import type { Operations } from '../operations.ts';
import { cutPage, pageOfAll, pageQuery, pageShape, readIdCursor } from '../requests/page.ts';
import { given } from '../shapes/given.ts';
import { numberParam } from '../shapes/texts.ts';
import { incidentShape, newIncidentShape, newUpdateShape, promiseShape } from '../shapes/trust.ts';
import type { ApiRooms } from './rooms.ts';

const tag = 'Incidents';

/** Promises with their evidence, and what customers are told. */
export function addTrust(operations: Operations, { promises, incidents, catalog, audit }: ApiRooms): void {
  operations.add(
    {
      id: 'listPromises',
      method: 'get',
      path: '/promises',
      tag: 'Promises',
      summary: 'Every promise, judged in this second, with its evidence',
      permission: 'promises.read',
      query: z.strictObject(pageQuery),
      answer: { status: 200, description: 'A page of promises', shape: pageShape(promiseShape) },
    },
    async ({ places, query }) => {
      const judged = (await promises.ofThisSecond()).filter(({ serviceId }) => reaches(places, serviceId));
      const page = pageOfAll('promises', judged, query, ({ serviceId = '', sourceId = '', kind }) =>
        [serviceId, sourceId, kind].join(' '),
      );
      const items = page.items.map((promise) => {
        const { evidence } = promise;
        return { ...promise, evidence: { ...evidence, sentence: plainSentence(evidence.sentence) } };
      });
      return { status: 200, body: { ...page, items } };
    },
  );

  const found = async (id: number, places: Places): Promise<Incident> => {
    const incident = partOf(await incidents.get(id), places);
    if (incident.serviceIds.length === 0) throw new NotFoundError(`incident ${id}`);
    return incident;
  };

  operations.add(
    {
      id: 'listIncidents',
      method: 'get',
      path: '/incidents',
      tag,
      summary: 'Incidents, the newest first',
      permission: 'incidents.read',
      query: z.strictObject({
        ...pageQuery,
        open: z.enum(['true']).optional().openapi({ description: '`true`: only those that are open' }),
      }),
      answer: { status: 200, description: 'A page of incidents', shape: pageShape(incidentShape) },
    },
    async ({ places, query }) => {
      const beforeId = readIdCursor('incidents', query.cursor);
      const list = await incidents.newest({
        limit: query.limit + 1,
        open: query.open === 'true',
        ...(beforeId === undefined ? {} : { beforeId }),
        ...(places === 'all' ? {} : { serviceIds: [...places] }),
      });
      const shown = list.map((incident) => partOf(incident, places));
      return { status: 200, body: cutPage('incidents', shown, query.limit, ({ id }) => id) };
    },
  );
  operations.add(
    {
      id: 'openIncident',
      method: 'post',
      path: '/incidents',
      tag,
      summary: 'Open an incident',
      description: 'It is on the public page at once.',
      permission: 'incidents.change',
      body: newIncidentShape,
      creates: true,
      answer: { status: 201, description: 'The incident', shape: incidentShape },
    },
    async ({ caller, body, remember, requireStill }) => {
      for (const service of body.services) await catalog.service(service);
      const incident = await incidents.open(given(body), async (transaction, opened) => {
        await requireStill(transaction);
        const { id, title, impact } = opened;
        await audit.append(transaction, {
          action: 'incident.opened',
          origin: caller.origin,
          subject: `incident:${id}`,
          after: { title, impact },
        });
        await remember(transaction, created(opened));
      });
      return created(incident);
    },
  );
  operations.add(
    {
      id: 'getIncident',
      method: 'get',
      path: '/incidents/{id}',
      tag,
      summary: 'One incident, with everything that was told',
      permission: 'incidents.read',
      params: numberParam,
      answer: { status: 200, description: 'The incident', shape: incidentShape },
    },
    async ({ params, places }) => ({ status: 200, body: await found(params.id, places) }),
  );
  operations.add(
    {
      id: 'updateIncident',
      method: 'post',
      path: '/incidents/{id}/updates',
      tag,
      summary: 'Tell more about an incident, or resolve it',
      permission: 'incidents.change',
      params: numberParam,
      body: newUpdateShape,
      creates: true,
      answer: { status: 201, description: 'The incident as it is now', shape: incidentShape },
    },
    async ({ caller, params, places, body, remember, requireStill }) => {
      const before = await found(params.id, places);
      const incident = await incidents.update(before.id, given(body), async (transaction, updated) => {
        await requireStill(transaction);
        await audit.append(transaction, {
          action: 'incident.updated',
          origin: caller.origin,
          subject: `incident:${updated.id}`,
          before: { state: before.state, impact: before.impact },
          after: { state: updated.state, impact: updated.impact },
        });
        await remember(transaction, created(updated));
      });
      return created(incident);
    },
  );
}

/** Who may see some services alone learns of no other that an incident concerns. */
function partOf(incident: Incident, places: Places): Incident {
  const serviceIds = incident.serviceIds.filter((id) => reaches(places, id));
  return serviceIds.length === incident.serviceIds.length
    ? incident
    : { ...withoutBasis(incident), serviceIds };
}

const created = (incident: Incident) =>
  ({ status: 201, headers: { location: `/api/v1/incidents/${incident.id}` }, body: incident }) as const;
