import { z } from '@hono/zod-openapi';
import { criticalities } from '../../catalog/index.ts';
import { instantText, line, seconds } from './texts.ts';

const criticality = z.enum(criticalities).openapi({ description: 'How much depends on it' });
const objectives = {
  rpoSeconds: seconds.openapi({ description: 'Recovery point objective: at most so much work may be lost' }),
  rtoSeconds: seconds.openapi({ description: 'Recovery time objective: back within this time' }),
  rehearseSeconds: seconds.openapi({ description: 'A restore is rehearsed again within this time' }),
};

export const serviceShape = z
  .strictObject({
    id: z.string(),
    slug: z.string(),
    name: z.string(),
    criticality,
    ...objectives,
    createdAt: instantText,
  })
  .openapi('Service');

const optional = {
  rpoSeconds: objectives.rpoSeconds.optional(),
  rtoSeconds: objectives.rtoSeconds.optional(),
  rehearseSeconds: objectives.rehearseSeconds.optional(),
};

export const newServiceShape = z
  .strictObject({
    name: line(120),
    slug: line(120)
      .optional()
      .openapi({ description: 'Lowercase letters, digits, dashes; default: of the name' }),
    criticality,
    ...optional,
  })
  .openapi('NewService', { description: 'Objectives that are absent are those of the criticality' });

export const serviceChangesShape = z
  .strictObject({ name: line(120).optional(), criticality: criticality.optional(), ...optional })
  .refine((changes) => Object.keys(changes).length > 0, 'name at least one field')
  .openapi('ServiceChanges', { description: 'What is absent stays as it is' });
