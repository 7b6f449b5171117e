import { z } from '@hono/zod-openapi';
import { failureShape, instantText, word } from './texts.ts';

export const mailStates = ['waiting', 'sent', 'failed'] as const;

export const mailTrialShape = z
  .strictObject({ to: word(320).openapi({ description: 'Who gets the mail' }) })
  .openapi('MailTrial');

export const mailTrialResultShape = z
  .strictObject({
    to: z.string(),
    taken: z.boolean().openapi({ description: 'By the mail server; whether it arrives is for you to see' }),
    answers: z.array(z.string()).openapi({ description: 'Every line that the mail server said' }),
    failure: failureShape.optional(),
  })
  .openapi('MailTrialResult');

export const mailShape = z
  .strictObject({
    id: z.string(),
    kind: z.string().openapi({ description: '`invitation`, `password-reset`, `account-notice`' }),
    recipient: z.string(),
    about: z.string().optional().openapi({ example: 'invitation:6f1c…' }),
    state: z
      .enum(mailStates)
      .openapi({ description: '`waiting` is sent, or sent again, until it is taken, refused or of no use' }),
    attempts: z.int(),
    createdAt: instantText,
    expiresAt: instantText.openapi({ description: 'Of no use after that, and not sent' }),
    settledAt: instantText.optional().openapi({ description: 'When it was sent, or given up' }),
    answer: z.string().optional().openapi({ description: 'Of the mail server that took it' }),
    failure: failureShape.optional().openapi({ description: 'Of the last attempt that was not taken' }),
  })
  .openapi('Mail', { description: 'What it says is never shown, and gone when it was sent' });
