import type { Storage, StoredLayerKeys } from '@octobox/storage';
import { fingerprint } from '../fingerprint.ts';

/** From inside: the layers that there are keys for. */
export const layerNames = ({ crypt, age }: StoredLayerKeys): ('crypt' | 'age')[] => [
  ...(crypt === undefined ? [] : (['crypt'] as const)),
  ...(age === undefined ? [] : (['age'] as const)),
];

/** Fingerprints of the keys of the outer layers as they are now. The recipients of age are no secret. */
export function layerFingerprints({ crypt, age }: StoredLayerKeys, set: string): Record<string, string> {
  return {
    ...(crypt === undefined ? {} : { crypt: fingerprint(`${crypt.password}\n${crypt.salt ?? ''}`, set) }),
    ...(age === undefined ? {} : { age: fingerprint(age.recipients.map(String).sort().join('\n'), set) }),
  };
}

/** Fingerprint of the repository password as it is now. */
export const passwordFingerprint = (password: string, set: string): { readonly password: string } => ({
  password: fingerprint(password, set),
});

/** Without the suffix of the layers, which stand in the record by themselves. */
export async function keyFileNames(base: Pick<Storage, 'list'>): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of base.list('key')) names.push(name.slice(0, 64));
  return names.sort();
}
