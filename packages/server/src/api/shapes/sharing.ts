import { z } from '@hono/zod-openapi';
import { grantStates } from '../../credentials/index.ts';
import { instantText, line, word } from './texts.ts';
import { personShape } from './vault.ts';

const entry = {
  entryId: z.string(),
  entryName: z.string().openapi({ description: 'As it was then' }),
  ownerId: z.string(),
};

export const grantShape = z
  .strictObject({
    id: z.int(),
    ...entry,
    person: personShape.openapi({ description: 'Who may open it' }),
    reason: z.string(),
    grantedAt: instantText,
    startsAt: instantText,
    endsAt: instantText,
    mostOpenings: z.int().optional().openapi({ description: 'Absent: as often as the person likes' }),
    openings: z.int().openapi({ description: 'How often it was made use of' }),
    state: z.enum(grantStates).openapi({
      description:
        '`active` alone opens; `waiting` has not begun; the others are over: by time, by openings, by somebody, or because the member or the entry is gone',
    }),
    withdrawn: z.strictObject({ at: instantText, by: personShape }).optional(),
  })
  .openapi('VaultGrant', { description: 'The owner of an entry lets a member open it' });

export const newGrantShape = z
  .strictObject({
    personId: word(200).openapi({ description: 'A member whose role may open what others share' }),
    reason: line(500),
    startsAt: instantText.optional().openapi({ description: 'Default: now' }),
    endsAt: instantText.openapi({ description: 'At most 90 days after it starts' }),
    mostOpenings: z.int().min(1).max(1_000).optional(),
  })
  .openapi('NewVaultGrant');

export const newOwnerShape = z
  .strictObject({
    ownerId: word(200).openapi({ description: 'A member whose role keeps credentials in the vault' }),
    reason: line(500),
    name: line(200).optional().openapi({
      description: 'Its name from now on, where the new owner has an entry of its name already',
    }),
  })
  .openapi('NewVaultEntryOwner');

export const openingShape = z
  .strictObject({
    id: z.int(),
    at: instantText,
    ...entry,
    person: personShape.openapi({ description: 'Who opened it' }),
    grantId: z.int().optional().openapi({ description: 'Absent: its owner opened it' }),
    address: z.string().optional().openapi({ description: 'Where the request came from' }),
  })
  .openapi('VaultOpening', { description: 'A person was given the secret of an entry' });

export const openedShape = z
  .strictObject({
    secret: z.string().openapi({ description: 'Show it to the person, and keep it nowhere' }),
    opening: openingShape,
  })
  .openapi('OpenedVaultEntry');

const count = z.int().min(0);

export const vaultEvidenceShape = z
  .strictObject({
    checkedAt: instantText,
    entries: count.openapi({ description: 'Things that members keep now' }),
    openings: count,
    byOwners: count,
    underGrants: count,
    withoutGrant: count.openapi({
      description: 'Openings by somebody to whom no grant was running, nor the entry belonged: must be 0',
    }),
    transfers: count.openapi({ description: 'How often an entry was given another owner' }),
    altered: count.openapi({
      description: 'Entries of the book that are not as they were written, or are gone: must be 0',
    }),
    unverified: count.openapi({
      description: 'Entries that cannot be verified: the key that sealed them is not here',
    }),
    lastOpenedAt: instantText.optional(),
    machineUses: z
      .array(
        z.strictObject({
          day: z.string().openapi({ description: 'UTC', example: '2026-11-26' }),
          what: z
            .string()
            .openapi({ description: 'Of what the secrets were: `source`, `user`, `platform`, …' }),
          uses: count,
        }),
      )
      .openapi({ description: 'How often the platform opened secrets for its own work in the last 30 days' }),
  })
  .openapi('VaultEvidence');
