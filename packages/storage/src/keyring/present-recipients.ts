import type { X25519Recipient } from '../layers/age/x25519.ts';
import { LayerKeysChangedError } from '../layers/layer-errors.ts';
import type { Storage } from '../storage.ts';
import { beforeWriting } from '../wrappers/before-writing.ts';
import type { KeyFolder } from './key-folder.ts';

const setOf = (recipients: readonly X25519Recipient[]): string =>
  [...new Set(recipients.map(String))].sort().join(' ');

/**
 * Writes nothing when the folder has come to name other recipients than those that `storage` writes for. Who waited for its
 * turn while they were changed would go on to write for somebody who was removed, and not for who was added.
 */
export const forPresentRecipients = (
  storage: Storage,
  folder: KeyFolder,
  recipients: readonly X25519Recipient[],
): Storage =>
  beforeWriting(storage, async () => {
    const present = await folder.recipients();
    if (present !== undefined && setOf(present) !== setOf(recipients))
      throw new LayerKeysChangedError(storage.location);
  });
