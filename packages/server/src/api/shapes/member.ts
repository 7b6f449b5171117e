import { z } from '@hono/zod-openapi';
import { roles } from '../../access/index.ts';
import { mailStates } from './mail.ts';
import { failureShape, instantText, line, word } from './texts.ts';

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
    showLink: z
      .boolean()
      .optional()
      .openapi({ description: 'No mail is sent: the link is in the answer, to be passed on' }),
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
  .strictObject({
    id: z.string(),
    email: z.string(),
    role,
    until,
    serviceIds,
    expiresAt: instantText,
    mail: z
      .strictObject({ state: z.enum(mailStates), failure: failureShape.optional() })
      .optional()
      .openapi({ description: 'What became of its mail; absent: whoever invited was shown the link' }),
  })
  .openapi('Invitation', { description: 'An open one; its link is known to who made it alone' });

export const madeInvitationShape = z
  .strictObject({
    ...invitationShape.shape,
    link: z
      .string()
      .optional()
      .openapi({ description: 'Makes its bearer the member, once; shown this once. Absent: it is mailed' }),
  })
  .openapi('MadeInvitation');
