import { z } from '@hono/zod-openapi';
import { permissions } from '../../access/index.ts';
import { longestPasskeyName } from '../../accounts/index.ts';
import { anyText, instantText, line, word } from '../shapes/texts.ts';

/** Of UTF-16 code units; what is too long for a password is refused in words, and what no person types before that. */
const typed = anyText(1_024);

export const accountShape = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    email: z.string(),
    organisation: z.string().optional(),
    shortestPassword: z.int().openapi({ description: 'Characters; fewer are enough with a second factor' }),
    secondFactor: z
      .strictObject({
        enabledAt: instantText,
        recoveryCodesLeft: z.int(),
        recoveryCodesMade: z.int().openapi({ description: 'So many are made at a time' }),
      })
      .optional()
      .openapi({ description: 'Absent: signing in asks for the password alone' }),
    mayHavePasskeys: z.boolean().openapi({
      description:
        'Whether the console is open under a name, to which a passkey can be bound, and no address',
    }),
  })
  .openapi('Account');

export const nameShape = z.strictObject({ name: line(120) }).openapi('AccountName');

export const passwordChangeShape = z
  .strictObject({ current: typed, fresh: typed.openapi({ description: 'The new one' }) })
  .openapi('PasswordChange');

export const sessionShape = z
  .strictObject({
    id: z.string(),
    isThis: z.boolean().openapi({ description: 'The one that asks' }),
    browser: z.string().openapi({ example: 'Firefox on Linux' }),
    address: z.string().optional(),
    begunAt: instantText,
    lastUsedAt: instantText.openapi({ description: 'Within some minutes' }),
  })
  .openapi('Session');

export const enrolmentShape = z
  .strictObject({
    secret: z.string().openapi({ description: 'Base32, as authenticator apps take it' }),
    uri: z.string().openapi({ description: 'The same as `otpauth://`' }),
    qrCode: z
      .strictObject({
        side: z.int(),
        path: z
          .string()
          .openapi({ description: 'Of SVG: the dark modules, on a light field of side by side' }),
      })
      .openapi({ description: 'The URI as a QR code' }),
  })
  .openapi('Enrolment', { description: 'What an authenticator app is told' });

export const appCodeShape = z
  .strictObject({ code: word(64).openapi({ description: 'What the app shows' }) })
  .openapi('AppCode');

export const recoveryCodesShape = z
  .strictObject({ recoveryCodes: z.array(z.string()).openapi({ description: 'Shown this once' }) })
  .openapi('RecoveryCodes');

export const passwordShape = z.strictObject({ password: typed }).openapi('PasswordGiven');

export const passkeyShape = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    createdAt: instantText,
    lastUsedAt: instantText.optional(),
  })
  .openapi('Passkey');

export const passkeyNameShape = z.strictObject({ name: line(longestPasskeyName) }).openapi('PasskeyName');

const json = z.record(z.string(), z.unknown());
export const passkeyQuestionShape = z
  .strictObject({
    options: json.openapi({
      description:
        'For `PublicKeyCredential.parseCreationOptionsFromJSON`, or `parseRequestOptionsFromJSON`; good for five minutes',
    }),
  })
  .openapi('PasskeyQuestion');
const passkeyAnswer = json.openapi({ description: 'The credential of the browser, as `toJSON()` has it' });
export const passkeyAnswerShape = z.strictObject({ answer: passkeyAnswer }).openapi('PasskeyAnswer');
export const newPasskeyShape = z
  .strictObject({ name: line(longestPasskeyName), answer: passkeyAnswer })
  .openapi('NewPasskey');

export const apiKeyShape = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    scopes: z.array(z.enum(permissions)),
    createdAt: instantText,
    expiresAt: instantText,
    lastUsedAt: instantText.optional().openapi({ description: 'Within some minutes; absent: never' }),
  })
  .openapi('ApiKey');

export const keyOfferShape = z
  .strictObject({
    scopes: z.array(z.enum(permissions)).openapi({ description: 'What a key of yours may be for' }),
    latestDay: z.string().openapi({ description: 'No key works longer', example: '2027-11-26' }),
  })
  .openapi('KeyOffer');

export const newApiKeyShape = z
  .strictObject({
    name: line(80).openapi({ description: 'What it is for' }),
    scopes: z.array(z.enum(permissions)).min(1).max(permissions.length),
    until: z
      .string()
      .regex(/^\d{4}-\d{2}-\d{2}$/, 'say a day, as 2027-01-31')
      .openapi({ description: 'The last day on which it works, UTC', example: '2027-01-31' }),
  })
  .openapi('NewApiKey');

export const madeApiKeyShape = z
  .strictObject({
    id: z.string(),
    secret: z.string().openapi({ description: 'The key itself, shown this once' }),
  })
  .openapi('MadeApiKey');

export const proofStateShape = z
  .strictObject({
    kind: z.enum(['code', 'password']).openapi({ description: 'A code where there is a second factor' }),
    fresh: z.boolean().openapi({ description: 'It was given a moment ago, and is not asked for again' }),
    passkey: z.boolean().openapi({ description: 'A passkey may be shown instead' }),
  })
  .openapi('ProofState');

export const proofShape = z
  .strictObject({
    given: typed.openapi({ description: 'The password, or a code of the app or a recovery code' }),
  })
  .openapi('Proof');
