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

const lastDay = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/)
  .optional()
  .openapi({ description: 'Of an outside administrator: the last day, UTC', example: '2027-01-31' });
const assigned = z
  .array(word(200))
  .max(100)
  .optional()
  .openapi({ description: 'Of an outside administrator: ids or slugs' });

/** For who may change members alone: the link is as good as the membership. */
export const newInvitationShape = z
  .strictObject({
    email: line(254),
    role: z.enum(roles),
    until: lastDay,
    services: assigned,
    showLink: z
      .boolean()
      .optional()
      .openapi({ description: 'No mail is sent: the link is in the answer, to be passed on' }),
  })
  .openapi('NewInvitation');

export const roleChangeShape = z
  .strictObject({ role: z.enum(roles), until: lastDay, services: assigned })
  .openapi('RoleChange', {
    description: 'Of an outside administrator with the last day and the services, which are as given then',
  });

export const renewalShape = z
  .strictObject({
    showLink: z.boolean().optional().openapi({ description: 'No mail is sent: the link is in the answer' }),
  })
  .openapi('InvitationRenewal');

const count = z.number().int();
export const removalShape = z
  .strictObject({
    isLastOwner: z.boolean().openapi({ description: 'Stays, whatever is asked' }),
    sessions: count.openapi({ description: 'End' }),
    keys: count.openapi({ description: 'API keys that work now, and do no more' }),
    passkeys: count,
    hasSecondFactor: z.boolean(),
    vault: z.strictObject({
      entries: count.openapi({
        description: 'Of this member; they stay sealed, and whom they are shared with may open them',
      }),
      grantsHeld: count.openapi({ description: 'To entries of others; they end' }),
      grantsGiven: count.openapi({ description: 'To others; they run on until their end' }),
    }),
  })
  .openapi('MemberRemoval', { description: 'What removing a member ends, and what of theirs stays' });

export const memberShape = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    email: z.string(),
    role,
    until,
    serviceIds,
    hasSecondFactor: z.boolean(),
    isLastOwner: z.boolean().openapi({ description: 'Neither removed nor given another role' }),
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
