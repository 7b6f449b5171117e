import { fingerprint } from '@octobox/recovery-kit';
import type { Storage } from '@octobox/storage';
import type { FoundKeys } from '../access/layer-keys.ts';

/** Fingerprints of the keys of the outer layers as they are now. The recipients of age are no secret. */
export function layerFingerprints(keys: FoundKeys, set: string): Record<string, string> {
  const { crypt, age } = keys;
  return {
    ...(crypt === undefined ? {} : { crypt: fingerprint(`${crypt.password}\n${crypt.salt ?? ''}`, set) }),
    ...(age === undefined ? {} : { age: fingerprint(age.recipients.map(String).sort().join('\n'), set) }),
  };
}

/** Without the suffix of the layers, which stand in the record by themselves. */
export async function keyFileNames(base: Storage): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of base.list('key')) names.push(name.slice(0, 64));
  return names.sort();
}
