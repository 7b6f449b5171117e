import { NEXT } from '../names.ts';
import type { Storage } from '../storage.ts';
import { LayerMismatchError, type LayerName } from './layer-errors.ts';
import { AGE_SUFFIX, CRYPT_SUFFIX } from './suffixes.ts';
import type { LayerKeys } from './with-layers.ts';

/** The layers that keys are given for, from inside to outside. */
export const layersOf = ({ crypt, age }: LayerKeys): LayerName[] => [
  ...(crypt === undefined ? [] : (['crypt'] as const)),
  ...(age === undefined ? [] : (['age'] as const)),
];

/** In which layers the repository at a place lies, by the name of its config file; empty when there is none. */
export async function foundLayers(storage: Storage, signal?: AbortSignal): Promise<LayerName[][]> {
  const found: LayerName[][] = [];
  for await (const { name } of storage.list('config', { signal })) {
    if (name.endsWith(NEXT)) continue;
    found.push([
      ...(name.includes(CRYPT_SUFFIX) ? (['crypt'] as const) : []),
      ...(name.endsWith(AGE_SUFFIX) ? (['age'] as const) : []),
    ]);
  }
  return found;
}

/**
 * The repository's storage inside its layers. Looks at the place first: throws `LayerMismatchError` when the
 * repository there lies in other layers than keys are given for, or in two ways at once.
 */
export async function openLayers(storage: Storage, keys: LayerKeys, signal?: AbortSignal): Promise<Storage> {
  const expected = layersOf(keys);
  const found = await foundLayers(storage, signal);
  const [only] = found;
  if (found.length > 1 || (only !== undefined && only.join() !== expected.join()))
    throw new LayerMismatchError(storage.location, expected, found);
  if (expected.length === 0) return storage;
  // Loaded here only: the formats and their ciphers are of no use without keys.
  const { withLayers } = await import('./with-layers.ts');
  return withLayers(storage, keys);
}
