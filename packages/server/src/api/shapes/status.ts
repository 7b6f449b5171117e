import { z } from '@hono/zod-openapi';
import { criticalities } from '../../catalog/index.ts';
import { instantText } from './texts.ts';
import { impact, incidentEstimateShape, incidentState, incidentUpdateShape, promiseState } from './trust.ts';

const count = z.int().min(0);
const seconds = z.number().min(0);
const serviceState = z.enum(['operational', 'degraded', 'outage', 'unknown']);
/** Instants stay instants, so that a page can say "12 minutes ago". */
const sentence = z.array(
  z.union([z.string(), z.strictObject({ at: instantText, form: z.literal('clock').optional() })]),
);

const kitShape = z
  .strictObject({
    state: promiseState,
    trouble: z.enum(['never-made', 'never-verified', 'stale', 'verified-long-ago', 'unreadable']).optional(),
    madeAt: instantText.optional(),
    verifiedAt: instantText.optional().openapi({
      description: 'When somebody restored with nothing but the kits',
    }),
  })
  .openapi('RecoveryKit', {
    description: 'Whether the kits were proved and still fit; nothing of what they hold',
  });

export const repositoryFields = {
  role: z.enum(['primary', 'off-site']),
  name: z.string().optional().openapi({ description: 'Of an off-site one: its name in the configuration' }),
  place: z.string().optional().openapi({ description: 'For people', example: 'Paris, France' }),
  state: z
    .enum(['up-to-date', 'behind', 'failing', 'unknown'])
    .optional()
    .openapi({ description: 'Of an off-site one; `unknown` is never good' }),
  upTo: instantText.optional().openapi({ description: 'Everything up to then is there' }),
  behind: z
    .strictObject({ runs: count, bytes: z.number() })
    .optional()
    .openapi({ description: 'Backups that are not there yet, and the bytes they stored' }),
  lastSuccessAt: instantText.optional(),
  held: count.optional().openapi({
    description: 'Objects that stay there because much went missing here at once',
  }),
  recoveryKit: kitShape.optional(),
};

const promiseReportShape = z
  .strictObject({
    kind: z.string(),
    source: z.string().optional(),
    sentence: z.string(),
    state: promiseState,
    since: instantText,
    evidence: z.strictObject({
      text: z.string(),
      sentence,
      observedAt: instantText.optional(),
      facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
    }),
    history: z.array(
      z.strictObject({
        at: instantText,
        from: promiseState,
        to: promiseState,
        text: z.string(),
        sentence,
      }),
    ),
  })
  .openapi('PromiseReport', { description: 'A promise, with its changes of the last 90 days' });

const sourceReportShape = z
  .strictObject({
    name: z.string(),
    kind: z.enum(['files', 'sqlite', 'postgresql']),
    state: z.enum(['ok', 'unreachable', 'damaged', 'unknown']),
    checkedAt: instantText.optional(),
    schedule: z.string().optional(),
    nextDueAt: instantText.optional().openapi({ description: 'When it is backed up next' }),
    nextDrillAt: instantText.optional().openapi({ description: 'When its restore is rehearsed next' }),
    lastBackup: z
      .strictObject({
        recoveryPointAt: instantText,
        bytesRead: count,
        bytesStored: z.number(),
        snapshotId: z.string(),
      })
      .optional(),
    heldHistory: z
      .strictObject({
        at: instantText,
        snapshots: count,
        of: count,
        reasons: z.array(z.strictObject({ code: z.string(), sentence: z.string() })),
      })
      .optional()
      .openapi({
        description: 'Snapshots that stay because forgetting them looked like a mistake or an attack',
      }),
  })
  .openapi('SourceReport');

const serviceReportShape = z
  .strictObject({
    slug: z.string(),
    name: z.string(),
    criticality: z.enum(criticalities),
    state: serviceState,
    changedUnusually: z.literal(true).optional(),
    since: instantText.optional(),
    rpoSeconds: seconds,
    rtoSeconds: seconds,
    days: z
      .array(
        z.strictObject({
          day: z.string(),
          state: z.enum(['ok', 'degraded', 'outage', 'none']),
          upSeconds: seconds,
          downSeconds: seconds,
        }),
      )
      .openapi({ description: '90 days, today last; `none`: nothing was observed' }),
    uptime: z.number().optional().openapi({ description: 'Share of the observed time, 0 to 1' }),
    observedSeconds: seconds,
    sources: z.array(sourceReportShape),
    promises: z.array(promiseReportShape),
    lapses: z
      .array(
        z.strictObject({
          source: z.string(),
          of: z.enum(['backup', 'drill']),
          kind: z.enum(['late', 'missed', 'overlap', 'clock']),
          firstDueAt: instantText,
          lastDueAt: instantText,
          count,
          reason: z.string(),
        }),
      )
      .openapi({ description: 'Due times that were met late or not at all, the newest first, at most 20' }),
  })
  .openapi('ServiceReport');

export const statusShape = z
  .strictObject({
    title: z.string(),
    generatedAt: instantText,
    state: serviceState,
    summary: z.string().openapi({ example: 'All services work' }),
    watching: z.strictObject({ alive: z.boolean(), lastSignAt: instantText.optional() }).openapi({
      description: 'Whether the platform itself watches; when it does not, nothing else is certain',
    }),
    services: z.array(serviceReportShape),
    general: z.array(promiseReportShape).openapi({ description: 'What is promised of no single service' }),
    incidents: z
      .array(
        z.strictObject({
          id: z.int(),
          title: z.string(),
          state: incidentState,
          impact,
          services: z.array(z.string()).openapi({ description: 'Slugs' }),
          openedAt: instantText,
          resolvedAt: instantText.optional(),
          estimate: incidentEstimateShape.optional(),
          restoreBeganAt: instantText.optional(),
          updates: z.array(incidentUpdateShape),
        }),
      )
      .openapi({ description: 'Open ones first, then those of the last 90 days' }),
    promises: z.strictObject({ kept: count, 'at-risk': count, broken: count, unknown: count }),
    repositories: z.array(
      z.strictObject(repositoryFields).openapi('RepositoryReport', {
        description: 'Where the backups lie; the primary repository first',
      }),
    ),
  })
  .openapi('Status');
