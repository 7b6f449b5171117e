/**
 * Whether a change of the recipients came to its end. It begins with the list of them in the key folder and ends with
 * the config file, so that the tag in the header of that file tells which list every file was last written for.
 */
import { FileMissingError } from '../../errors.ts';
import { NEXT } from '../../names.ts';
import type { Storage, StorageOptions, StoredFile } from '../../storage.ts';
import { recipientsTag, tagOf } from '../age/age-format.ts';
import type { X25519Recipient } from '../age/x25519.ts';
import { AGE_SUFFIX, CRYPT_SUFFIX } from '../suffixes.ts';
import { readAgeHeader } from './rewrap-age.ts';

const CONFIG_NAMES = [`${CRYPT_SUFFIX}${AGE_SUFFIX}`, AGE_SUFFIX];

export interface RecipientsChange {
  /** Who can read when it is done. */
  readonly recipients: readonly X25519Recipient[];
  readonly added: readonly X25519Recipient[];
  readonly removed: readonly X25519Recipient[];
}

/**
 * Whether files may be there that were written for others than `recipients`. A config file from elsewhere, without
 * a tag, says nothing: false. Needs no identity.
 */
export async function isWrittenForOthers(
  base: Storage,
  recipients: readonly X25519Recipient[],
  options: StorageOptions = {},
): Promise<boolean> {
  for (const name of CONFIG_NAMES) {
    const tag = await tagOfConfig(base, name, options);
    if (tag !== undefined) return tag !== recipientsTag(recipients);
    // Cut off between the two: the next one alone is there.
    if (await exists(base, { kind: 'config', name: name + NEXT }, options)) return true;
  }
  return false;
}

/** Whether this change, and no other one, is what is under way: it leads from what the config file has to `recipients`. */
export async function isSameRewrap(
  base: Storage,
  { recipients, added, removed }: RecipientsChange,
  options: StorageOptions = {},
): Promise<boolean> {
  const after = new Set(recipients.map(String));
  if (added.some((one) => !after.has(String(one))) || removed.some((one) => after.has(String(one))))
    return false;
  for (const name of CONFIG_NAMES) {
    const tag = await tagOfConfig(base, name, options);
    if (tag === undefined) continue;
    // Of those that it adds, any may have been there before.
    for (const fresh of subsets(added.map(String))) {
      const before = [...recipients.filter((one) => !fresh.has(String(one))), ...removed];
      if (recipientsTag(before) === tag) return true;
    }
  }
  return false;
}

async function tagOfConfig(
  base: Storage,
  name: string,
  options: StorageOptions,
): Promise<string | undefined> {
  try {
    return tagOf(await readAgeHeader(base, { kind: 'config', name }, options));
  } catch (error) {
    if (error instanceof FileMissingError) return undefined;
    throw error;
  }
}

function subsets(names: readonly string[]): Set<string>[] {
  let all = [new Set<string>()];
  for (const name of new Set(names)) all = all.flatMap((one) => [one, new Set([...one, name])]);
  return all;
}

const exists = (base: Storage, file: StoredFile, options: StorageOptions): Promise<boolean> =>
  base.stat(file, options).then(
    () => true,
    (error: unknown) => {
      if (error instanceof FileMissingError) return false;
      throw error;
    },
  );
