import { z } from '@hono/zod-openapi';
import { roles } from '../../access/index.ts';
import { instantText } from './texts.ts';

const role = z.string().openapi({ description: roles.map((each) => `\`${each}\``).join(', ') });
const until = instantText.optional().openapi({
  description: 'Of an outside administrator: when the membership ends',
});
const serviceIds = z
  .array(z.string())
  .openapi({ description: 'Of an outside administrator: the services assigned' });

export const memberShape = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    email: z.string(),
    role,
    until,
    serviceIds,
    hasSecondFactor: z.boolean(),
  })
  .openapi('Member');

export const invitationShape = z
  .strictObject({ id: z.string(), email: z.string(), role, until, serviceIds, expiresAt: instantText })
  .openapi('Invitation', { description: 'An open one; its link is known to who made it alone' });
