import { z } from '@hono/zod-openapi';
import { roles } from '../../access/index.ts';
import { instantText, line, word } from './texts.ts';

const role = z.string().openapi({ description: roles.map((each) => `\`${each}\``).join(', ') });
const until = instantText.optional().openapi({
  description: 'Of an outside administrator: when the membership ends',
});
const serviceIds = z
  .array(z.string())
  .openapi({ description: 'Of an outside administrator: the services assigned' });

/** For who may change members alone: the link is as good as the membership. */
export const newInvitationShape = z
  .strictObject({
    email: line(254),
    role: z.enum(roles),
    until: z
      .string()
      .regex(/^\d{4}-\d{2}-\d{2}$/)
      .optional()
      .openapi({ description: 'Of an outside administrator: the last day, UTC', example: '2027-01-31' }),
    services: z
      .array(word(200))
      .max(100)
      .optional()
      .openapi({ description: 'Of an outside administrator: ids or slugs' }),
  })
  .openapi('NewInvitation');

export const roleChangeShape = z
  .strictObject({
    role: z.enum(roles).openapi({ description: 'Not `outside-administrator`, which one is invited as' }),
  })
  .openapi('RoleChange');

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

export const madeInvitationShape = z
  .strictObject({
    ...invitationShape.shape,
    link: z.string().openapi({ description: 'Makes its bearer the member, once. It is shown this once' }),
  })
  .openapi('MadeInvitation');
