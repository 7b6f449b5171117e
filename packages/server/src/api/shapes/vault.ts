import { z } from '@hono/zod-openapi';
import { entryKinds } from '../../credentials/index.ts';
import { anyText, instantText, line, word } from './texts.ts';

const longestSecret = 65_536;

export const personShape = z
  .strictObject({ id: z.string(), name: z.string().optional() })
  .openapi('Person', { description: 'Without a name when there is no such account any more' });

const kind = z.enum(entryKinds);
const login = line(320).openapi({ description: 'The name to sign in with; no secret' });
const serviceId = word(200).openapi({ description: 'The service that it is for' });
const customer = line(200).openapi({ description: 'Whose it is, outside of the organisation' });
const secret = anyText(longestSecret).openapi({
  writeOnly: true,
  description: 'Sealed before it reaches the database',
});

export const entryShape = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    kind,
    owner: personShape,
    login: z.string().optional(),
    serviceId: z.string().optional(),
    customer: z.string().optional(),
    createdAt: instantText,
    sealedAt: instantText.openapi({ description: 'When its secret was given' }),
  })
  .openapi('VaultEntry', { description: 'What a member keeps in the vault; never its secret' });

export const newEntryShape = z
  .strictObject({
    name: line(200).openapi({
      description: 'Unique for its owner; the secret is bound to it, and it changes with the owner alone',
    }),
    kind,
    login: login.optional(),
    serviceId: serviceId.optional(),
    customer: customer.optional(),
    secret,
  })
  .openapi('NewVaultEntry');

export const entryChangesShape = z
  .strictObject({
    kind: kind.optional(),
    login: login.nullable().optional(),
    serviceId: serviceId.nullable().optional(),
    customer: customer.nullable().optional(),
    secret: secret.optional(),
  })
  .refine((changes) => Object.keys(changes).length > 0, 'name at least one field')
  .openapi('VaultEntryChanges', { description: 'What is absent stays as it is, null takes away' });
