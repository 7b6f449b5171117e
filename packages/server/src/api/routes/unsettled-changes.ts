import { z } from '@hono/zod-openapi';
import type { Outage } from '../../monitoring/index.ts';
import { NotFoundError } from '../../platform/index.ts';
import { reaches } from '../operation.ts';
import type { Operations } from '../operations.ts';
import { pageOfAll, pageQuery, pageShape } from '../requests/page.ts';
import { requireUnchanged } from '../requests/precondition.ts';
import { given } from '../shapes/given.ts';
import { idParam, instantText, line } from '../shapes/texts.ts';
import type { ApiRooms } from './rooms.ts';
import { VisibleSources } from './visible-sources.ts';

const path = '/sources/{id}/unsettled-change';

const changeShape = z
  .strictObject({
    id: z.int(),
    sourceId: z.string(),
    startedAt: instantText.openapi({ description: 'When it was seen first' }),
    referenceSnapshotId: z
      .string()
      .optional()
      .openapi({ description: 'What the source is compared with: the last snapshot from before' }),
    findings: z.array(
      z.strictObject({
        kind: z.enum(['unreachable', 'missing', 'shrunk', 'suspicious']),
        object: z.string().openapi({ example: 'table public.orders' }),
        summary: z.string(),
      }),
    ),
  })
  .openapi('UnsettledChange', {
    description: 'What a source lacks that its last backup has, or why a backup of it is suspicious',
  });

const acceptanceShape = z
  .strictObject({
    reason: line(500).openapi({
      description: 'Why it was meant, for the audit log',
      example: 'The archive of 2019 was deleted on purpose',
    }),
  })
  .openapi('ChangeAcceptance');

/** At most one of each source. */
const mostOpen = 10_000;

/** What a person settles: whether that which changed in a source was meant. */
export function addUnsettledChanges(operations: Operations, rooms: ApiRooms): void {
  const { audit, catalog, monitoring } = rooms;
  const visible = new VisibleSources(catalog);
  const openOf = async (source: { readonly id: string; readonly name: string }): Promise<Outage> => {
    const open = await monitoring.outages.openOf(source.id);
    if (open?.kind !== 'damaged') throw none(source);
    return open;
  };

  operations.add(
    {
      id: 'listUnsettledChanges',
      method: 'get',
      path: '/unsettled-changes',
      tag: 'Sources',
      summary: 'Sources that lack something, or whose backup is suspicious, until somebody settles it',
      permission: 'sources.read',
      query: z.strictObject(pageQuery),
      answer: { status: 200, description: 'A page of changes', shape: pageShape(changeShape) },
    },
    async ({ query, places }) => {
      const serviceOf = new Map((await catalog.sources()).map(({ id, serviceId }) => [id, serviceId]));
      const open = await monitoring.outages.list({ open: true, limit: mostOpen });
      const changes = open
        .filter(({ kind, sourceId }) => kind === 'damaged' && reaches(places, serviceOf.get(sourceId)))
        .map(presented)
        .sort((a, b) => (a.sourceId < b.sourceId ? -1 : 1));
      return { status: 200, body: pageOfAll('unsettled', changes, query, ({ sourceId }) => sourceId) };
    },
  );
  operations.add(
    {
      id: 'getUnsettledChange',
      method: 'get',
      path,
      tag: 'Sources',
      summary: 'What is missing from a source, or suspicious about its backup, until somebody settles it',
      permission: 'sources.read',
      params: idParam,
      answer: { status: 200, description: 'The change, and its ETag', shape: changeShape },
    },
    async ({ params, places }) => ({
      status: 200,
      body: presented(await openOf(await visible.named(places, params.id))),
    }),
  );
  operations.add(
    {
      id: 'acceptChange',
      method: 'post',
      path: `${path}/accept`,
      tag: 'Sources',
      summary: 'Say that all of it was meant: its incident is closed, and its backups count again',
      description:
        'Later restores bring back the source as it is now. The snapshots from before stay until retention forgets them.',
      permission: 'sources.change',
      params: idParam,
      body: acceptanceShape,
      changesThing: true,
      answer: { status: 204, description: 'It is accepted' },
    },
    async ({ context, caller, params, body, places, requireStill }) => {
      const source = await visible.named(places, params.id);
      const { id } = await openOf(source);
      const accepted = await monitoring.outages.accept(id, async (transaction, outage) => {
        await requireStill(transaction, source.serviceId);
        requireUnchanged(context, presented(outage));
        await audit.append(transaction, {
          action: 'source.change-accepted',
          origin: caller.origin,
          subject: `source:${source.id}`,
          before: { missingSince: outage.startedAt, findings: outage.findings.length },
          after: { reason: body.reason },
        });
      });
      if (accepted === undefined) throw none(source);
      return { status: 204 };
    },
  );
}

const none = ({ name }: { readonly name: string }): NotFoundError =>
  new NotFoundError(`unsettled change of "${name}"`, {
    advice: 'Nothing is known to be missing from it, and no backup of it is suspicious.',
  });

const presented = ({ id, sourceId, startedAt, referenceSnapshotId, findings }: Outage) => ({
  ...{ id, sourceId, startedAt },
  findings: findings.map(({ kind, object, summary }) => ({ kind, object, summary })),
  ...given({ referenceSnapshotId }),
});
