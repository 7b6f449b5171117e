import { z } from '@hono/zod-openapi';
import { anyText, instantText, line, word } from './texts.ts';

export const promiseState = z.enum(['kept', 'at-risk', 'broken', 'unknown']);

export const promiseShape = z
  .strictObject({
    kind: z.string().openapi({ example: 'backup-fresh' }),
    serviceId: z.string().optional().openapi({ description: 'Absent: it is about the whole organisation' }),
    sourceId: z.string().optional(),
    sentence: z.string(),
    state: promiseState,
    since: instantText,
    evidence: z.strictObject({
      sentence: z.string(),
      observedAt: instantText.optional(),
      facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
    }),
  })
  .openapi('Promise', { description: 'A sentence of the policy, and whether it is true at this moment' });

export const impact = z.enum(['degraded', 'outage']);
export const incidentState = z.enum(['investigating', 'identified', 'monitoring', 'resolved']);
const text = anyText(5_000);

export const incidentEstimateShape = z.strictObject({
  seconds: z.number(),
  expectedBackAt: instantText.optional().openapi({ description: 'Absent while no restore has begun' }),
  basis: z.string().openapi({ description: 'What was measured to know it' }),
});
export const incidentUpdateShape = z.strictObject({
  at: instantText,
  state: incidentState,
  text: z.string(),
});

export const incidentShape = z
  .strictObject({
    id: z.int(),
    title: z.string(),
    state: incidentState,
    impact,
    openedBy: z.enum(['monitoring', 'person']),
    openedAt: instantText,
    resolvedAt: instantText.optional(),
    serviceIds: z.array(z.string()).openapi({ description: 'Of those that the caller may see' }),
    estimate: incidentEstimateShape.optional(),
    restoreBeganAt: instantText.optional(),
    updates: z.array(incidentUpdateShape),
  })
  .openapi('Incident');

export const newIncidentShape = z
  .strictObject({
    title: line(200),
    services: z.array(word(200)).min(1).max(1_000).openapi({ description: 'Ids or slugs' }),
    impact,
    text: text.openapi({ description: 'What customers read first' }),
    state: incidentState.exclude(['resolved']).optional(),
  })
  .openapi('NewIncident');

export const newUpdateShape = z
  .strictObject({ text, state: incidentState.optional(), impact: impact.optional() })
  .openapi('NewIncidentUpdate', { description: 'What was told is never edited' });

export const auditEntryShape = z
  .strictObject({
    id: z.int(),
    at: instantText,
    action: z.string().openapi({ example: 'service.changed' }),
    origin: z.strictObject({
      actor: z
        .strictObject({ id: z.string(), name: z.string(), kind: z.literal('system').optional() })
        .optional(),
      address: z.string().optional(),
      userAgent: z.string().optional(),
    }),
    subject: z.string().optional(),
    before: z.record(z.string(), z.unknown()).optional(),
    after: z.record(z.string(), z.unknown()).optional(),
  })
  .openapi('AuditEntry');
