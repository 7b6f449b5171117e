import { z } from '@hono/zod-openapi';
import { instantText } from './texts.ts';

export const vaultKeysShape = z
  .strictObject({
    keys: z.array(
      z.strictObject({
        fingerprint: z.string(),
        bits: z.int(),
        state: z.enum(['current', 'retiring', 'retired']),
        since: instantText.openapi({ description: 'In that state' }),
        secrets: z.int().openapi({ description: 'That are wrapped for it' }),
        held: z.boolean().openapi({
          description: 'The machine that answers has its private half, or a key command that names it',
        }),
      }),
    ),
    rotating: z.boolean().openapi({ description: 'A rotation is under way, or was cut off' }),
  })
  .openapi('VaultKeys', { description: 'The keys of the vault, the newest first; of no secret anything' });
